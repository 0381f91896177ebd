import type { ImportedSuppression, Mail, SuppressionImport } from '../../../mail/index.ts';
import { type LineError, UnusableFile } from '../../campaigns/csv/import.ts';
import { readLines, type Source } from '../../campaigns/csv/lines.ts';
import { placeChoices } from '../places.ts';
import { type Defaults, type Meaning, meaningsOf, suppressionOf } from './columns.ts';

/** What became of a file. */
export interface ImportedList extends Pick<SuppressionImport, 'added' | 'known' | 'rejected'> {
  /** False when nothing was entered: it was only looked at, or refused as a whole. */
  taken: boolean;
  /** Lines with an address on them, good and bad, as far as was read. */
  lines: number;
  /** The first thousand, by line. */
  errors: LineError[];
  /** Columns that nothing was read from. */
  unused: string[];
  /** True when the rest was not read, because most of it is faulty. */
  stopped: boolean;
}

/** How a file is to be read. */
export interface ListOptions extends Defaults {
  by: string;
  /** `look`: say what is new, known and faulty. `take`: leave faulty lines out. `refuse`: enter none when one is faulty. */
  mode: 'look' | 'take' | 'refuse';
  /** What columns are, by header, where their names do not say so. */
  chosen?: Readonly<Record<string, string>>;
  /** Called when the file is read from its beginning, with what for. */
  onPass?: (what: 'checking' | 'adding') => void;
  signal?: AbortSignal;
}

const shownErrors = 1000;
const mostErrors = 10_000;
const mostColumns = 200;

/** Reads suppressions from a CSV text. Throws {@link UnusableFile}, and a MailError as the module does. */
export async function importList(mail: Mail, source: Source, options: ListOptions): Promise<ImportedList> {
  if (options.mode !== 'take') {
    const looked = await pass(mail, source, options, true);
    if (options.mode === 'look' || looked.rejected > 0) return { ...looked, taken: false };
  }
  return pass(mail, source, options, false);
}

async function pass(
  mail: Mail,
  source: Source,
  { by, chosen, onPass, signal, ...defaults }: ListOptions,
  checkOnly: boolean,
): Promise<ImportedList> {
  onPass?.(checkOnly ? 'checking' : 'adding');
  const streams = new Set((await placeChoices(mail)).streams);
  const reading = { lines: [] as number[], broken: [] as LineError[], brokenCount: 0, stopped: false };
  let unused: string[] = [];
  const result = await mail.suppressions.import(entries(), {
    ...{ by, checkOnly, signal },
    stopAtFaults: mostErrors,
  });
  const refused = result.faults.map(({ index, message }) => ({ line: reading.lines[index] ?? 0, message }));
  return {
    ...{ taken: !checkOnly, added: result.added, known: result.known, unused },
    lines: reading.lines.length + reading.brokenCount,
    rejected: result.rejected + reading.brokenCount,
    errors: [...reading.broken, ...refused].sort((a, b) => a.line - b.line).slice(0, shownErrors),
    stopped: reading.stopped || result.stopped === true,
  };

  async function* entries(): AsyncGenerator<ImportedSuppression> {
    let columns: (Meaning | null)[] | null = null;
    for await (const one of readLines(source, signal)) {
      if (reading.brokenCount >= mostErrors && reading.brokenCount > reading.lines.length) {
        reading.stopped = true;
        return;
      }
      if ('problem' in one) {
        if (!columns) throw new UnusableFile(`Line ${one.line}: ${one.problem}`);
        reportBroken(one);
        continue;
      }
      if (!columns) {
        columns = columnsIn(one.cells, chosen, defaults);
        const found = columns;
        unused = one.cells.filter((header, i) => header !== '' && !found[i]);
        continue;
      }
      const entry = suppressionOf(columns, one.cells, defaults, streams);
      if ('problem' in entry) {
        reportBroken({ line: one.line, problem: entry.problem });
        continue;
      }
      reading.lines.push(one.line);
      yield entry;
    }
    if (!columns) throw new UnusableFile('The file is empty.');
  }

  function reportBroken({ line, problem }: { line: number; problem: string }): void {
    reading.brokenCount += 1;
    if (reading.broken.length < shownErrors) reading.broken.push({ line, message: problem });
  }
}

function columnsIn(
  headers: readonly string[],
  chosen: Readonly<Record<string, string>> | undefined,
  { place }: Defaults,
): (Meaning | null)[] {
  if (headers.length > mostColumns)
    throw new UnusableFile(
      `The first line names ${headers.length} columns; a list may have up to ${mostColumns}.`,
    );
  const columns = meaningsOf(headers, chosen);
  const saysWhere =
    place !== null || (['scope', 'topic', 'stream'] as const).some(one => columns.includes(one));
  if (!saysWhere)
    throw new UnusableFile('It has no column scope, topic or stream: say what its addresses get no more.');
  if (columns.includes('address')) return columns;
  throw new UnusableFile(
    headers.some(header => header.includes('@'))
      ? 'The first line must name the columns, for example address,note. Add such a line above the addresses.'
      : `There is no column named address or email. The first line names: ${headers.join(', ').slice(0, 300) || 'nothing'}.`,
  );
}
