import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Command } from 'commander';
import { readLines, type Source } from '../../../server/admin/campaigns/csv/lines.ts';
import { placeOf } from '../../../server/admin/suppressions/places.ts';
import { type Mail, MailError } from '../../../server/mail/index.ts';
import { type CommandContext, CommandError, exitCodes } from '../command.ts';
import { withExample } from '../help.ts';
import { refuseUnknownStream, streamNames } from './streams.ts';

interface Given {
  stream?: string;
  note: string;
  yes?: true;
}

/** What became of a list. */
interface Imported {
  added: number;
  already: number;
  /** The first thousand. */
  faults: { line: number; message: string }[];
  /** How many there are, where that is more. */
  moreFaults?: number;
}

/** `postlane suppressions import`: as what an operator suppresses, of an export of ours or of another tool's list. */
export function addImport(parent: Command, context: CommandContext): void {
  withExample(
    parent
      .command('import')
      .description(
        'suppress the addresses of a CSV with a column address or email, and stream unless --stream says it',
      )
      .argument('<file>')
      .requiredOption('--note <text>', 'why')
      .option('--stream <name>', 'all of them on this stream')
      .option('--yes', 'do not ask'),
    'postlane suppressions import old-list.csv --stream broadcast --note "from the old system" --yes',
  ).action((file: string, given: Given) =>
    context.withMail(async mail => {
      const size = await sizeOf(file);
      if (given.stream !== undefined) await refuseUnknownStream(mail, given.stream);
      const where = given.stream ?? 'the streams that it names';
      await context.confirm(`Nobody in ${file} will be mailed on ${where} any more.`, given.yes);
      const progress = await context.progress('Reading addresses', size);
      const source: Source = () => createReadStream(file, 'utf8');
      try {
        const imported = await importAll(mail, counting(source, progress.at), given, context.signal);
        context.answer(described(imported), imported, imported.faults.length > 0 ? exitCodes.no : 0);
      } finally {
        progress.end();
      }
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

async function importAll(
  mail: Mail,
  source: Source,
  { stream, note }: Given,
  signal: AbortSignal,
): Promise<Imported> {
  const imported: Imported = { added: 0, already: 0, faults: [] };
  const streams = await streamNames(mail);
  let columns: { address: number; stream: number } | null = null;
  for await (const one of readLines(source, signal)) {
    signal.throwIfAborted();
    if ('problem' in one) {
      report(imported, one.line, one.problem);
      continue;
    }
    if (!columns) {
      columns = columnsOf(one.cells, stream);
      continue;
    }
    const on = stream ?? one.cells[columns.stream] ?? '';
    const entry = { line: one.line, on, address: one.cells[columns.address] ?? '', note };
    await addOne(mail, entry, streams, imported);
  }
  if (!columns) throw new CommandError('The file is empty.', exitCodes.usage);
  return imported;
}

function columnsOf(
  headers: readonly string[],
  stream: string | undefined,
): { address: number; stream: number } {
  const names = headers.map(header => header.toLowerCase().replace(/[^a-z]/g, ''));
  const address = names.findIndex(name => ['address', 'email', 'emailaddress'].includes(name));
  if (address < 0)
    throw new CommandError('Its first line names no column address or email.', exitCodes.usage);
  const column = names.indexOf('stream');
  if (stream === undefined && column < 0)
    throw new CommandError('It has no column stream: say --stream.', exitCodes.usage);
  return { address, stream: column };
}

async function addOne(
  mail: Mail,
  { line, on, address, note }: { line: number; on: string; address: string; note: string },
  streams: ReadonlySet<string>,
  imported: Imported,
): Promise<void> {
  try {
    const place = placeOf(on, streams);
    if (!place) throw new MailError('invalid-input', `There is no stream ${on}.`, 'stream');
    if (await mail.suppressions.add({ ...place, address, note }, { by: 'cli' })) imported.added += 1;
    else imported.already += 1;
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    report(imported, line, error.message);
  }
}

const keptFaults = 1000;

function report(imported: Imported, line: number, message: string): void {
  if (imported.faults.length < keptFaults) imported.faults.push({ line, message });
  else imported.moreFaults = (imported.moreFaults ?? 0) + 1;
}

const shownFaults = 20;

function described({ added, already, faults, moreFaults = 0 }: Imported): string {
  const faulty = faults.length + moreFaults;
  return [
    `${added} suppressed, ${already} were already${faulty > 0 ? `; faulty lines: ${faulty}` : '.'}`,
    ...faults.slice(0, shownFaults).map(({ line, message }) => `  line ${line}: ${message}`),
  ].join('\n');
}
