import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Command } from 'commander';
import { type Import, importRecipients, UnusableFile } from '../../../server/admin/campaigns/csv/import.ts';
import type { Mail, RecipientInput } from '../../../server/mail/index.ts';
import { type CommandContext, CommandError, exitCodes } from '../command.ts';
import { withExample } from '../help.ts';
import { momentGiven, parsed, readJsonObject } from '../values.ts';

interface Given {
  name: string;
  template: string;
  recipients: string;
  topic?: string;
  data?: string;
  tag?: string;
  brand?: string;
  sendAt?: Date;
  refuseFaulty?: true;
}

/** `postlane campaign create`: a draft with its recipients. */
export function addCreate(parent: Command, context: CommandContext): void {
  withExample(
    parent
      .command('create')
      .description('make a draft with the recipients of a file; nothing is sent before it is launched')
      .requiredOption('--name <name>', 'for people')
      .requiredOption('--template <key>', 'of a bulk category')
      .requiredOption(
        '--recipients <file>',
        'CSV with a column email; or .json, a list of { email, name, data }',
      )
      .option('--topic <topic>', 'what people subscribe to')
      .option('--data <file>', 'JSON that all recipients share')
      .option('--tag <tag>')
      .option('--brand <name>', 'in whose name, in place of the default brand')
      .option('--send-at <time>', 'not before it', momentGiven)
      .option('--refuse-faulty', 'take nobody where one line is faulty, in place of leaving it out'),
    'postlane campaign create --name "March news" --template newsletter --topic news --recipients people.csv',
  ).action((given: Given) =>
    context.withMail(async mail => {
      const size = await sizeOf(given.recipients);
      const { name, template, topic, tag, brand, sendAt } = given;
      const data = given.data === undefined ? undefined : await sharedData(given.data);
      const { id } = await mail.campaigns.create(
        { name, template, topic, data, tag, brand, sendAt },
        { by: 'cli' },
      );
      const taken = await add(context, mail, id, given, size);
      const { errors, ...counts } = taken;
      context.answer(described(id, taken), { id, ...counts, errors }, taken.taken ? 0 : exitCodes.no);
    }),
  );
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    throw new CommandError(`${file} cannot be read.`, exitCodes.usage);
  }
}

const sharedData = async (file: string) =>
  readJsonObject(file, await readFile(file, 'utf8').catch(() => null));

async function add(
  context: CommandContext,
  mail: Mail,
  id: string,
  { recipients: file, refuseFaulty }: Given,
  size: number,
): Promise<Import> {
  const faulty = refuseFaulty ? 'refuse' : 'take';
  if (file.endsWith('.json')) return addJson(mail, id, await jsonRecipients(file), faulty);
  const progress = await context.progress('Reading recipients', size);
  try {
    const source = () => Readable.from(chunksOf(file, progress.at), { highWaterMark: 1 });
    return await importRecipients(mail, id, source, { by: 'cli', faulty, signal: context.signal });
  } catch (error) {
    if (!(error instanceof UnusableFile)) throw error;
    throw new CommandError(`${error.message} The draft ${id} has no recipients.`);
  } finally {
    progress.end();
  }
}

async function* chunksOf(file: string, at: (bytes: number) => void): AsyncGenerator<string> {
  const input = createReadStream(file, 'utf8');
  for await (const chunk of input) {
    at(input.bytesRead);
    yield chunk;
  }
}

async function jsonRecipients(file: string): Promise<RecipientInput[]> {
  const list = parsed(file, await readFile(file, 'utf8'));
  if (!Array.isArray(list)) throw new CommandError(`${file} holds no list of recipients.`, exitCodes.usage);
  return list;
}

/** The same as for a file of lines; what a line is there is an entry here, from 1. */
async function addJson(
  mail: Mail,
  id: string,
  recipients: RecipientInput[],
  faulty: 'take' | 'refuse',
): Promise<Import> {
  const found = { lines: recipients.length, unused: [], stopped: false };
  const errorsOf = (faults: { index: number; message: string }[]) =>
    faults.map(({ index, message }) => ({ line: index + 1, message }));
  if (faulty === 'refuse') {
    const { rejected, faults } = await mail.campaigns.addRecipients(id, recipients, { checkOnly: true });
    if (rejected > 0)
      return { ...found, taken: false, added: 0, duplicates: 0, rejected, errors: errorsOf(faults) };
  }
  const { added, duplicates, rejected, faults } = await mail.campaigns.addRecipients(id, recipients, {
    by: 'cli',
  });
  return { ...found, taken: true, added, duplicates, rejected, errors: errorsOf(faults) };
}

const shownErrors = 20;

function described(
  id: string,
  { taken, added, duplicates, rejected, errors, unused, stopped }: Import,
): string {
  return [
    taken
      ? `Draft ${id}: ${added} recipients added.`
      : `Draft ${id}: nobody was added, for some lines are faulty.`,
    ...(stopped ? ['Most lines are faulty: the rest of the file was not read.'] : []),
    ...(duplicates > 0 ? [`${duplicates} were there more than once.`] : []),
    ...(rejected > 0 ? [`${rejected} faulty:`] : []),
    ...errors.slice(0, shownErrors).map(({ line, message }) => `  ${line}: ${message}`),
    ...(errors.length > shownErrors ? ['  and more; --json lists a thousand.'] : []),
    ...(unused.length > 0 ? [`Nothing was read from: ${unused.join(', ')}.`] : []),
    ...(taken ? [`Next: postlane campaign plan ${id}`] : []),
  ].join('\n');
}
