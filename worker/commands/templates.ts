import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { ConfigError, findOptions, loadReadable } from '../../server/config/index.ts';
import {
  type FileDifference,
  type Mail,
  type SyncResult,
  sourceName,
  writeTemplateTypes,
} from '../../server/mail/index.ts';
import { type AddCommands, type CommandContext, CommandError, exitCodes } from './command.ts';
import { watchFiles } from './templates-watch.ts';

/** `postlane templates`: files and database against each other. */
export const addTemplates: AddCommands = (program, context) => {
  const templates = program
    .command('templates')
    .description('template files: compare, push, pull; write their types');
  const sub = (name: string, description: string) =>
    templates
      .command(name)
      .description(description)
      .option(...folderOption);
  const force = [
    '--force <name...>',
    'for a source like template:receipt, give up the other side’s change',
  ] as const;

  sub('diff', 'what differs between files and database; exit code 1 where something does')
    .addHelpText('after', '\nExample:\n  postlane templates diff')
    .action(({ folder }) => withFiles(context, { folder }, mail => diff(context, mail)));
  sub('push', 'publish what changed in the files: a step of a deploy')
    .option(...force)
    .addHelpText('after', '\nExample:\n  postlane templates push --force template:receipt')
    .action(options =>
      withFiles(context, options, async mail =>
        report(
          context,
          await mail.templates.files.push({ by: 'cli', force: options.force ?? [] }),
          'Published',
        ),
      ),
    );
  sub('pull', 'write what changed in the database into the files')
    .option(...force)
    .addHelpText('after', '\nExample:\n  postlane templates pull')
    .action(options =>
      withFiles(context, options, async mail =>
        report(context, await mail.templates.files.pull({ force: options.force ?? [] }), 'Wrote'),
      ),
    );
  sub('watch', 'for development: publish whenever a file is saved, until Ctrl-C')
    .addHelpText('after', '\nExample:\n  postlane templates watch')
    .action(async ({ folder }) => {
      if ((await context.config()).production)
        throw new CommandError('In production nothing is published on saving: use postlane templates push.');
      const templates = existing(folder ?? (await folderOf(context)));
      await withFiles(context, { folder }, mail => watchFiles(context, mail, templates, report));
    });
  addTypesTo(templates, context);
};

const folderOption = [
  '--folder <dir>',
  'the folder of template files, in place of the configuration’s',
] as const;

/** The command `types`, under its own name or under `templates`. */
export function addTypesTo(parent: Command, context: CommandContext): void {
  const name = parent.name() === 'templates' ? 'postlane templates types' : 'postlane types';
  parent
    .command('types')
    .description('write TypeScript types of all data: a wrong template or wrong data no longer compiles')
    .option(...folderOption)
    .option('--out <file>', 'where to, by default templates.d.ts in the folder')
    .addHelpText('after', `\nExample:\n  ${name} --out src/mail-templates.d.ts`)
    .action(options => writeTypes(context, options));
}

async function writeTypes(context: CommandContext, given: { folder?: string; out?: string }): Promise<void> {
  const { folder: configured, topics } = await typedOf(context);
  const folder = given.folder ?? configured;
  const out = path.resolve(given.out ?? path.join(folder, 'templates.d.ts'));
  if (out.split(path.sep).includes('node_modules'))
    throw new CommandError(
      `${out} is inside node_modules, which the next install replaces: name a file of your own, such as --out src/mail-templates.d.ts.`,
      exitCodes.usage,
    );
  await writeTemplateTypes(existing(folder), out, { topics });
  const shown = path.relative('.', out);
  context.answer(`Wrote ${shown}. Name it in the "include" of your tsconfig.json.`, { file: out });
}

/** Opens the module on a folder of template files. Throws a CommandError for one that is not there, and for a --force without effect. */
async function withFiles(
  context: CommandContext,
  { folder, force = [] }: { folder?: string; force?: string[] },
  work: (mail: Mail) => Promise<void>,
): Promise<void> {
  const templates = existing(folder ?? (await folderOf(context)));
  await context.withMail(
    async mail => {
      const idle = await withoutEffect(mail, force);
      if (idle.length > 0) {
        const text = `Nothing to force: ${idle.join(', ')}. Only what the diff names can be, as kind:key.`;
        throw new CommandError(text, exitCodes.usage);
      }
      await work(mail);
    },
    { templates },
  );
}

async function folderOf(context: CommandContext): Promise<string> {
  return (await typedOf(context)).folder;
}

/** What the configuration says of it, which is read for that alone: types need no database. */
async function typedOf({ env, configFile }: CommandContext) {
  const { config, faults } = loadReadable(env, await findOptions({ env, file: configFile() }));
  const ofTypes = faults.filter(fault => /^(templates|topics)\b/.test(fault));
  if (ofTypes.length > 0) throw new ConfigError(ofTypes);
  return { folder: config.templates ?? 'templates', topics: config.topics };
}

function existing(folder: string): string {
  if (!existsSync(folder)) throw new CommandError(`There is no folder ${folder}.`, exitCodes.usage);
  return path.resolve(folder);
}

/** Names given to --force that differ in nothing, or name nothing: a misspelt one must not look like success. */
async function withoutEffect(mail: Mail, force: readonly string[]): Promise<string[]> {
  if (force.length === 0) return [];
  const differing = new Set((await mail.templates.files.diff()).map(({ ref }) => sourceName(ref)));
  return force.filter(name => !differing.has(name));
}

async function diff({ answer }: CommandContext, mail: Mail): Promise<void> {
  const differing = await mail.templates.files.diff();
  const text = differing.length === 0 ? 'Files and database agree.' : differing.map(described).join('\n');
  const json = differing.map(({ ref, state }) => ({ source: sourceName(ref), state }));
  answer(text, json, differing.length === 0 ? 0 : exitCodes.no);
}

function report({ answer }: CommandContext, { applied, remaining, issues }: SyncResult, done: string): void {
  const lines = [
    ...applied.map(ref => `${done} ${sourceName(ref)}.`),
    ...remaining.map(({ ref, state }) => `Left ${sourceName(ref)} alone: ${words[state]}.`),
    ...issues.map(({ file, line, message }) => `${file}:${line}: ${message}`),
  ];
  if (issues.length > 0) lines.push('Nothing was published: fix these first.');
  else if (applied.length === 0) lines.push('There was nothing to do.');
  const failed = issues.length > 0 || remaining.some(({ state }) => state === 'conflict');
  const json = {
    applied: applied.map(sourceName),
    remaining: remaining.map(({ ref, state }) => ({ source: sourceName(ref), state })),
    issues,
  };
  answer(lines.join('\n'), json, failed ? exitCodes.no : 0);
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
