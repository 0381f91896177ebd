import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { connect } from '../../db/connect.ts';
import { createDatabase, dropDatabase } from '../../db/migrate.ts';
import { packageRoot } from '../../server/mail/index.ts';
import { type Block, guideBlocks } from './guide-blocks.ts';
import { openShell, type Shell } from './guide-shell.ts';

/**
 * Does what the README's guide says, in an empty folder and in its order: commands run in one shell session, blocks with a file
 * name are written, SQL is executed, and other code runs as a module that finds `mail` and `knex` there, as the text around it
 * has them. Rejects with the line of the first block that fails.
 */
export async function runGuide(scratch: string, tarball: string, databaseUrl: string): Promise<void> {
  const folder = path.join(scratch, 'guide');
  await mkdir(folder);
  await writeFile(
    path.join(folder, 'package.json'),
    '{ "name": "guide", "private": true, "type": "module" }',
  );
  const blocks = guideBlocks(await readFile(path.join(packageRoot, 'README.md'), 'utf8'));
  const tests = await testDatabaseBeside(databaseUrl);
  const shell = openShell(folder, { DATABASE_URL: databaseUrl, TEST_DATABASE_URL: tests });
  try {
    const session = { folder, tarball, databaseUrl, shell };
    for (const block of blocks) await runBlock(block, session);
    await writeBlock('.guide-check.mjs', check, session);
    await shell.run('node .guide-check.mjs');
  } finally {
    await shell.close();
    await dropDatabase(tests);
  }
  console.log(`${blocks.length} blocks of the guide were run.`);
}

interface Session {
  folder: string;
  tarball: string;
  databaseUrl: string;
  shell: Shell;
}

async function runBlock(block: Block, session: Session): Promise<void> {
  try {
    if (block.file) await writeBlock(block.file, block.text, session);
    else await runners[block.language]?.(block, session);
  } catch (error) {
    throw new Error(`README.md, line ${block.line}: ${(error as Error).message}`);
  }
}

/** By language; what is in another one, such as a unit of systemd, is for people. */
const runners: Record<string, (block: Block, session: Session) => Promise<void>> = {
  sh: runCommands,
  sql: runSql,
  js: runModule,
};

async function writeBlock(file: string, text: string, { folder }: Session): Promise<void> {
  const target = path.join(folder, file);
  await mkdir(path.dirname(target), { recursive: true });
  await writeFile(target, text);
}

/** Our package is the tarball, and what the code of the guide uses beside it is a host's own. */
async function runCommands({ text }: Block, { shell, tarball }: Session): Promise<void> {
  const packages = `${tarball} express knex@3 mysql2 nodemailer tsx`;
  await shell.run(text.replace(/^npm install postlane$/m, `npm install --no-audit --no-fund ${packages}`));
}

async function runSql({ text }: Block, { databaseUrl }: Session): Promise<void> {
  const db = connect(databaseUrl, { poolSize: 1 });
  const name = decodeURIComponent(new URL(databaseUrl).pathname.slice(1));
  const users = [...text.matchAll(/CREATE USER ('[^']+'@'%')/g)].map(([, user = '']) => user);
  try {
    const statements = text.replaceAll('shop.*', `\`${name}\`.*`).split(/;\s*(?:\n|$)/);
    for (const statement of statements.filter(one => one.trim() !== '')) await db.raw(statement);
  } finally {
    for (const user of users) await db.raw(`DROP USER IF EXISTS ${user}`);
    await db.destroy();
  }
}

let modules = 0;

async function runModule({ text }: Block, session: Session): Promise<void> {
  const file = `.guide-${++modules}.mjs`;
  await writeBlock('.guide-host.mjs', host, session);
  const imports = `import { knex, mail, finish } from './.guide-host.mjs';\n`;
  await writeBlock(file, `${imports}${text}\nawait finish();\n`, session);
  await session.shell.run(`node ${file}`);
}

// The app around the code that the guide shows.
const host = `
import connect from 'knex';
import { mail } from './mail.mjs';

export { mail };
export const knex = connect({ client: 'mysql2', connection: process.env.DATABASE_URL });
if (!(await knex.schema.hasTable('orders')))
  await knex.schema.createTable('orders', table => { table.increments(); table.string('email'); });
export async function finish() {
  await mail.close();
  await knex.destroy();
}
`;

// What the guide only writes into files: the app answers, and the others are what they are shown as.
const check = `
import assert from 'node:assert/strict';
import { loadConfig } from 'postlane';
import { app } from './app.mjs';
import brands from './brands.config.mjs';
import './commonjs.cjs';
import { mail } from './mail.mjs';

const { servers } = loadConfig({ ...process.env, MAIL_FROM: 'mail@corner.example', POSTMARK_SERVER_TOKEN_OUTLET: 'token-of-the-outlet' }, brands);
assert.deepEqual(Object.keys(servers), ['postmark', 'outlet']);
const server = app.listen(0, '127.0.0.1');
await new Promise(resolve => server.once('listening', resolve));
const base = \`http://127.0.0.1:\${server.address().port}\`;
const page = await fetch(\`\${base}/mail/\`, { redirect: 'manual' });
assert.deepEqual([page.status, page.headers.get('location')], [303, '/sign-in?next=%2Fmail']);
assert.equal((await fetch(\`\${base}/mail/webhooks/postmark\`, { method: 'POST', body: '{}' })).status, 401);
server.close();
await mail.close();
`;

/** The tests of the guide have a database of their own, because they empty it. */
async function testDatabaseBeside(databaseUrl: string): Promise<string> {
  const url = new URL(databaseUrl);
  url.pathname += '_test';
  await dropDatabase(url.href);
  await createDatabase(url.href);
  return url.href;
}
