import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Command } from 'commander';
import { UnusableFile } from '../../../server/admin/campaigns/csv/import.ts';
import type { Source } from '../../../server/admin/campaigns/csv/lines.ts';
import { type ImportedList, importList } from '../../../server/admin/suppressions/csv/import.ts';
import type { Mail } from '../../../server/mail/index.ts';
import { type CommandContext, CommandError, exitCodes } from '../command.ts';
import { withExample } from '../help.ts';
import { placeHelp, requirePlace } from './places.ts';

interface Given {
  place?: string;
  stream?: string;
  note: string;
  check?: true;
  yes?: true;
}

/** `postlane suppressions import`: as what an operator suppresses, of an export of ours or of another tool's list. */
export function addImport(parent: Command, context: CommandContext): void {
  withExample(
    parent
      .command('import')
      .description(
        'suppress the addresses of a CSV with a column address or email; scope, topic, stream, expires, note, source and class where it has them. It lifts nothing, and the same list again changes nothing',
      )
      .argument('<file>')
      .requiredOption('--note <text>', 'why, of lines that give no note')
      .option('--place <place>', `of lines that name none: ${placeHelp}`)
      .option('--stream <name>', 'the same as --place, of a stream')
      .option('--check', 'only say what is new, known and faulty')
      .option('--yes', 'do not ask'),
    'postlane suppressions import old-list.csv --place all:bulk --note "from the old system" --yes',
  ).action((file: string, given: Given) => context.withMail(mail => importFile(mail, file, given, context)));
}

async function importFile(mail: Mail, file: string, given: Given, context: CommandContext): Promise<void> {
  const size = await sizeOf(file);
  const word = given.place ?? given.stream;
  const place = word === undefined ? null : await requirePlace(mail, word);
  const where = word ?? 'the places that it names';
  if (!given.check)
    await context.confirm(`Nobody in ${file} will be mailed on ${where} any more.`, given.yes);
  const progress = await context.progress('Reading addresses', size);
  const source: Source = () => createReadStream(file, 'utf8');
  try {
    const list = await importList(mail, counting(source, progress.at), {
      ...{ by: 'cli', place, note: given.note, signal: context.signal },
      mode: given.check ? 'look' : 'take',
    });
    const { added, known: already, errors: faults, rejected } = list;
    const answer = {
      added,
      already,
      faults,
      ...(rejected > faults.length && { moreFaults: rejected - faults.length }),
    };
    context.answer(described(list), answer, rejected > 0 ? exitCodes.no : 0);
  } catch (error) {
    if (error instanceof UnusableFile) throw new CommandError(error.message, exitCodes.usage);
    throw error;
  } finally {
    progress.end();
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    throw new CommandError(`${file} cannot be read.`, exitCodes.usage);
  }
}

/** The same source, telling how many characters of it were read. */
function counting(source: Source, at: (read: number) => void): Source {
  return () =>
    Readable.from(
      (async function* () {
        let read = 0;
        for await (const chunk of source()) {
          read += String(chunk).length;
          at(read);
          yield chunk;
        }
      })(),
      { highWaterMark: 1 },
    );
}

const shownFaults = 20;

function described({ taken, added, known, rejected, errors }: ImportedList): string {
  return [
    `${added} ${taken ? 'suppressed' : 'new'}, ${known} were already${rejected > 0 ? `; faulty lines: ${rejected}` : '.'}`,
    ...errors.slice(0, shownFaults).map(({ line, message }) => `  line ${line}: ${message}`),
  ].join('\n');
}
