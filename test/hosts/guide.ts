import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { connect } from '../../db/connect.ts';
import { packageRoot } from '../../server/mail/index.ts';
import { type Block, guideBlocks } from './guide-blocks.ts';
import { run } from './run-command.ts';

/**
 * Does what the README's guide says, in an empty folder and in its order: commands are run in one shell session, blocks with a file
 * name are written, SQL is executed, and other code runs as a module that finds `mail`, `app` and `knex` there, as the text
 * around it does. Rejects with the line of the first block that fails.
 */
export async function runGuide(scratch: string, tarball: string, databaseUrl: string): Promise<void> {
  const folder = path.join(scratch, 'guide');
  await mkdir(folder);
  const readme = await readFile(path.join(packageRoot, 'README.md'), 'utf8');
  const blocks = guideBlocks(readme);
  const session = { folder, tarball, databaseUrl };
  for (const block of blocks) {
    try {
      await runBlock(block, session);
    } catch (error) {
      throw new Error(`README.md, line ${block.line}: ${(error as Error).message}`);
    }
  }
  console.log(`${blocks.length} blocks of the guide were run.`);
}

interface Session {
  folder: string;
  tarball: string;
  databaseUrl: string;
}

async function runBlock(block: Block, session: Session): Promise<void> {
  if (block.file) return writeBlock(block, session);
  if (block.language === 'sh') return runShell(block, session);
  if (block.language === 'sql') return runSql(block, session);
  if (block.language === 'js' || block.language === 'ts') return runModule(block, session);
}

async function writeBlock({ file = '', text }: Block, { folder }: Session): Promise<void> {
  const target = path.join(folder, file);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, text);
}

async function runShell({ text }: Block, session: Session): Promise<void> {
  const commands = text.replace(
    /^(npm install .*?)\bpostlane\b/gm,
    (_all, before) => `${before}${session.tarball}`,
  );
  await run('bash', ['-euo', 'pipefail', '-c', commands], { cwd: session.folder, env: environment(session) });
}

async function runSql({ text }: Block, { databaseUrl }: Session): Promise<void> {
  const db = connect(databaseUrl, { poolSize: 1 });
  try {
    const name = decodeURIComponent(new URL(databaseUrl).pathname.slice(1));
    for (const statement of text.replaceAll('shop.*', `\`${name}\`.*`).split(/;\s*(?:\n|$)/))
      if (statement.trim() !== '') await db.raw(statement);
  } finally {
    await db.destroy();
  }
}

let modules = 0;

async function runModule({ text, language }: Block, session: Session): Promise<void> {
  const file = `.guide-${++modules}.m${language}`;
  const code = `import { mail, app, knex, captured, finish } from './.guide-context.mjs';\n${text}\nawait finish();\n`;
  await writeBlock({ line: 0, language, text: code, file }, session);
  await run('node', ['--import', 'tsx', file], { cwd: session.folder, env: environment(session) });
}

/** What a team has in its environment: its database, and in place of Postmark the local one. */
function environment({ databaseUrl }: Session): Record<string, string> {
  return { DATABASE_URL: databaseUrl, POSTMARK_SERVER_TOKEN: 'local-sandbox', CI: 'true' };
}
