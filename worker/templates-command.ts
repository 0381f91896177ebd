import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import {
  createMail,
  type FileDifference,
  type Mail,
  type MailConfig,
  type SyncResult,
  sourceName,
  writeTemplateTypes,
} from '../server/mail/index.ts';

/** How `postlane templates` is used. */
export const templatesUsage = `Usage:
  postlane templates diff                    what differs between files and database
  postlane templates push [--force NAME]...  publish what changed in the files
  postlane templates pull [--force NAME]...  write what changed in the database into the files
  postlane templates types [--out FILE]      TypeScript types of all data, into templates/templates.d.ts

  --folder DIR   the folder of template files; default templates
  --force NAME   for a source like template:receipt, give up the other side's change`;

/** How the command ends: 0 done, 1 something differs or was refused, 64 (EX_USAGE) not understood. */
type ExitCode = 0 | 1 | 64;

/** The command `postlane templates`. `config` is read only where the database is needed. */
export async function runTemplatesCommand(
  args: string[],
  config: () => MailConfig,
  say: (text: string) => void,
): Promise<ExitCode> {
  const asked = readArgs(args);
  if (!asked) {
    say(templatesUsage);
    return 64;
  }
  const { verb, folder, force, out } = asked;
  if (verb === 'types') {
    await writeTemplateTypes(folder, out);
    say(`Wrote ${path.relative('.', out)}. Name it in the "include" of your tsconfig.json.`);
    return 0;
  }
  if (!existsSync(folder)) {
    say(`There is no folder ${folder}.`);
    return 64;
  }
  const mail = await createMail(config(), { templates: folder, poolSize: 2 });
  try {
    const idle = await withoutEffect(mail, force);
    if (idle.length > 0) {
      say(`Nothing to force: ${idle.join(', ')}. Only what the diff names can be, as kind:key.`);
      return 64;
    }
    return await verbs[verb](mail, force, say);
  } finally {
    await mail.close();
  }
}

const verbs = { diff, push, pull };

/** Names given to --force that differ in nothing, or name nothing: a misspelt one must not look like success. */
async function withoutEffect(mail: Mail, force: readonly string[]): Promise<string[]> {
  if (force.length === 0) return [];
  const differing = new Set((await mail.templates.files.diff()).map(({ ref }) => sourceName(ref)));
  return force.filter(name => !differing.has(name));
}

function readArgs(args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        folder: { type: 'string', default: 'templates' },
        force: { type: 'string', multiple: true, default: [] },
        out: { type: 'string' },
      },
    });
    const [verb = '', ...more] = positionals;
    if (more.length > 0 || (verb !== 'types' && !isVerb(verb))) return null;
    const { folder, force, out = path.join(folder, 'templates.d.ts') } = values;
    return { verb: verb as keyof typeof verbs | 'types', folder, force, out };
  } catch {
    return null;
  }
}

function isVerb(word: string): word is keyof typeof verbs {
  return Object.hasOwn(verbs, word);
}

async function diff(mail: Mail, _force: string[], say: (text: string) => void): Promise<ExitCode> {
  const differing = await mail.templates.files.diff();
  if (differing.length === 0) say('Files and database agree.');
  for (const difference of differing) say(described(difference));
  return differing.length === 0 ? 0 : 1;
}

async function push(mail: Mail, force: string[], say: (text: string) => void): Promise<ExitCode> {
  return reported(await mail.templates.files.push({ by: 'cli', force }), 'Published', say);
}

async function pull(mail: Mail, force: string[], say: (text: string) => void): Promise<ExitCode> {
  return reported(await mail.templates.files.pull({ force }), 'Wrote', say);
}

function reported(
  { applied, remaining, issues }: SyncResult,
  done: string,
  say: (text: string) => void,
): ExitCode {
  for (const ref of applied) say(`${done} ${sourceName(ref)}.`);
  for (const { ref, state } of remaining) say(`Left ${sourceName(ref)} alone: ${words[state]}.`);
  for (const { template, part, line, message } of issues)
    say(`${template}: ${part}, line ${line}: ${message}`);
  if (issues.length > 0) say('Nothing was published: fix these first.');
  else if (applied.length === 0) say('There was nothing to do.');
  return issues.length > 0 || remaining.some(({ state }) => state === 'conflict') ? 1 : 0;
}

const words: Record<FileDifference['state'], string> = {
  file: 'it changed in the files, a push publishes it',
  database: 'it changed in the database, a pull brings it into the files',
  conflict: 'it changed in both; look at the diff, then push or pull it with --force',
  'only-file': 'it is in the files alone',
  'only-database': 'it is in the database alone',
};

const marks = { same: ' ', added: '+', removed: '-' };

/** As a patch from the database to the file, or where both changed, as what each did to what they last agreed on. */
function described({ ref, state, parts, sides }: FileDifference): string {
  const texts = sides
    ? [
        `  What the database changed since version ${sides.base}, when both said the same:`,
        ...patch(sides.database, `version ${sides.base}`, 'database'),
        '  What the file changed since then:',
        ...patch(sides.file, `version ${sides.base}`, 'file'),
      ]
    : patch(parts, 'database', 'file');
  return [`${sourceName(ref)}: ${words[state]}`, ...texts].join('\n');
}

function patch(parts: FileDifference['parts'], from: string, to: string): string[] {
  return parts.flatMap(({ part, hunks }) => [
    `  ${part}`,
    ...hunks.flatMap(({ oldStart, newStart, lines }) => [
      `  @@ ${from} line ${oldStart}, ${to} line ${newStart} @@`,
      ...lines.map(({ kind, text }) => `  ${marks[kind]}${text}`),
    ]),
  ]);
}
