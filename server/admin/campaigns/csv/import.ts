import type { Mail, RecipientInput } from '../../../mail/index.ts';
import { type Column, columnsOf, recipientOf } from './columns.ts';
import { readLines, type Source } from './lines.ts';

/** What became of a file. */
export interface Import {
  /** False when the file was refused as a whole: then nobody was added. */
  taken: boolean;
  /** Lines with a recipient on them, good and bad, as far as was read. */
  lines: number;
  added: number;
  duplicates: number;
  rejected: number;
  /** The first thousand, by line. */
  errors: LineError[];
  /** Columns that nothing was read from. */
  unused: string[];
  /** True when the rest was not read, because most of it is faulty. */
  stopped: boolean;
}

/** What is wrong on which line. */
export interface LineError {
  line: number;
  message: string;
}

/** How a file is to be read. */
export interface ImportOptions {
  by: string;
  /** `refuse`: add nobody when one line is faulty. `take`: leave the faulty ones out. */
  faulty: 'take' | 'refuse';
  /** What columns are, by header, where their names do not say so. */
  chosen?: Readonly<Record<string, string>>;
  /** Called when the file is read from its beginning, with what for. */
  onPass?: (what: 'checking' | 'adding') => void;
  /** Ends the work when it is aborted, such as when nobody waits for the result any more. */
  signal?: AbortSignal;
}

const shownErrors = 1000;
/** With so many errors, and more than there are recipients, a file is given up. */
const mostErrors = 10_000;
/** More than any template takes. */
const mostColumns = 200;

/** A file that is no list of recipients at all; the message says what it lacks. */
export class UnusableFile extends Error {
  override readonly name = 'UnusableFile';
}

/** Reads recipients from a CSV text into a draft. Throws {@link UnusableFile}, and a MailError as the module does. */
export async function importRecipients(
  mail: Mail,
  campaignId: string,
  source: Source,
  options: ImportOptions,
): Promise<Import> {
  if (options.faulty === 'refuse') {
    const checked = await pass(mail, campaignId, source, { ...options, checkOnly: true });
    if (checked.rejected > 0) return { ...checked, taken: false, added: 0, duplicates: 0 };
  }
  return pass(mail, campaignId, source, { ...options, checkOnly: false });
}

async function pass(
  mail: Mail,
  campaignId: string,
  source: Source,
  { by, chosen, onPass, signal, checkOnly }: ImportOptions & { checkOnly: boolean },
): Promise<Import> {
  onPass?.(checkOnly ? 'checking' : 'adding');
  const contract = await mail.campaigns.contract(campaignId);
  const reading = {
    lines: [] as number[],
    broken: [] as LineError[],
    brokenCount: 0,
    unused: [] as string[],
    stopped: false,
  };
  const result = await mail.campaigns.addRecipients(campaignId, recipients(), {
    ...{ by, checkOnly, signal },
    stopAtFaults: mostErrors,
  });
  const refused = result.faults.map(({ index, message }) => ({ line: reading.lines[index] ?? 0, message }));
  return {
    taken: true,
    lines: reading.lines.length + reading.brokenCount,
    added: result.added,
    duplicates: result.duplicates,
    rejected: result.rejected + reading.brokenCount,
    errors: [...reading.broken, ...refused].sort((a, b) => a.line - b.line).slice(0, shownErrors),
    unused: reading.unused,
    stopped: reading.stopped || result.stopped === true,
  };

  async function* recipients(): AsyncGenerator<RecipientInput> {
    let columns: Column[] | null = null;
    for await (const one of readLines(source, signal)) {
      if (reading.brokenCount >= mostErrors && reading.brokenCount > reading.lines.length) {
        reading.stopped = true;
        return;
      }
      if ('problem' in one) {
        if (!columns) throw new UnusableFile(`Line ${one.line}: ${one.problem}`);
        reportBroken(one);
      } else if (!columns) {
        if (one.cells.length > mostColumns) throw tooManyColumns(one.cells.length);
        const found = columnsOf(one.cells, contract, chosen);
        columns = requireEmail(found.columns, one.cells);
        reading.unused = found.unused.filter(header => header !== '');
      } else if (one.cells.slice(columns.length).some(cell => cell !== '')) {
        const problem = `It has ${one.cells.length} columns, but the first line names ${columns.length}.`;
        reportBroken({ line: one.line, problem });
      } else {
        reading.lines.push(one.line);
        yield recipientOf(columns, one.cells);
      }
    }
    if (!columns) throw new UnusableFile('The file is empty.');
  }

  function reportBroken({ line, problem }: { line: number; problem: string }): void {
    reading.brokenCount += 1;
    if (reading.broken.length < shownErrors) reading.broken.push({ line, message: problem });
  }
}

function tooManyColumns(count: number): UnusableFile {
  return new UnusableFile(`The first line names ${count} columns; a list may have up to ${mostColumns}.`);
}

function requireEmail(columns: Column[], headers: readonly string[]): Column[] {
  if (columns.some(({ email }) => email)) return columns;
  throw new UnusableFile(
    headers.some(header => header.includes('@'))
      ? 'The first line must name the columns, for example email,name. Add such a line above the addresses.'
      : `There is no column named email. The first line names: ${headers.join(', ').slice(0, 300) || 'nothing'}.`,
  );
}
