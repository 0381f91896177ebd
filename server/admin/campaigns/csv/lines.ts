import { Readable } from 'node:stream';
import { type CsvError, parse } from 'csv-parse';
import { workInTurns } from '../../../mail/index.ts';

type Turns = ReturnType<typeof workInTurns>;

/** A text that can be read from its beginning again. */
export type Source = () => Readable;

/** One record with the line it begins on, from 1; or why there is none. */
export type Line = { line: number; cells: string[] } | { line: number; problem: string };

/** More than a person's line will ever have; a quote that is not closed ends here and not at the end of the file. */
const longestLine = 64 * 1024;
const mostRestarts = 20;
const pieceSize = 16 * 1024;

/**
 * The records of a CSV text, in flat memory and in turns of the event loop: a byte order mark, semicolons and tabs, line breaks in quotes. A line that
 * cannot be read is an error and reading goes on behind it.
 */
export async function* readLines(source: Source, signal?: AbortSignal): AsyncGenerator<Line> {
  const turns = workInTurns(signal);
  const delimiter = delimiterOf(await firstLineOf(source));
  let end = 0;
  for (let restarts = 0; ; restarts += 1) {
    const brokenBehind = yield* readFrom(inPieces(source, turns), end, delimiter, turns);
    if (brokenBehind === null) return;
    end = brokenBehind + 1;
    yield { line: end, problem: 'A quote is not closed, or the line is too long.' };
    if (restarts < mostRestarts) continue;
    yield { line: end + 1, problem: 'Too many broken lines: the rest was not read.' };
    return;
  }
}

/** The records behind so many lines. Returns the last line before one that cannot be read; null at the end. */
async function* readFrom(
  source: Source,
  skipped: number,
  delimiter: string,
  turns: Turns,
): AsyncGenerator<Line, number | null> {
  let broken: CsvError | undefined;
  let end = skipped;
  const parser = parse({
    bom: true,
    delimiter,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: longestLine,
  });
  parser.on('skip', error => {
    broken ??= error;
  });
  const input = Readable.from(linesBehind(source(), skipped), { highWaterMark: 1 });
  input.once('error', error => parser.destroy(error));
  try {
    for await (const { record, info } of input.pipe(parser)) {
      // What comes behind a broken line is whatever the parser made of it.
      if (broken && info.lines >= Number(broken.lines)) break;
      if (turns.isOver()) await turns.end();
      end = skipped + info.lines;
      yield lineOf(record, end);
    }
  } finally {
    input.destroy();
  }
  return broken ? end : null;
}

/** The same source in pieces that are parsed within a turn, however it comes. */
function inPieces(source: Source, turns: Turns): Source {
  async function* pieces(): AsyncGenerator<string> {
    for await (const chunk of source()) {
      const text = String(chunk);
      for (let at = 0; at < text.length; at += pieceSize) {
        if (turns.isOver()) await turns.end();
        yield text.slice(at, at + pieceSize);
      }
    }
  }
  return () => Readable.from(pieces(), { highWaterMark: 1 });
}

async function* linesBehind(input: Readable, count: number): AsyncGenerator<string> {
  let left = count;
  for await (const chunk of input) {
    let text = String(chunk);
    for (; left > 0; left -= 1) {
      const end = text.indexOf('\n');
      if (end === -1) break;
      text = text.slice(end + 1);
    }
    if (left === 0) yield text;
  }
}

// Counted by their last line; line breaks in quotes come before it.
function lineOf(cells: string[], lastLine: number): Line {
  const line = lastLine - cells.reduce((sum, cell) => sum + (cell.match(/\n/g)?.length ?? 0), 0);
  return cells.some(cell => cell.includes('\ufffd'))
    ? { line, problem: 'Not UTF-8: save the file as "CSV UTF-8".' }
    : { line, cells: cells.map(cell => cell.trim()) };
}

/** What stands between the columns, by what is most frequent in the first line. */
function delimiterOf(line: string): string {
  const bare = line.replace(/"[^"]*"/g, '');
  const count = (delimiter: string) => bare.split(delimiter).length;
  return [';', '\t'].reduce((best, one) => (count(one) > count(best) ? one : best), ',');
}

async function firstLineOf(source: Source): Promise<string> {
  const input = source();
  let text = '';
  for await (const chunk of input) {
    text += String(chunk);
    const end = text.indexOf('\n');
    if (end !== -1 || text.length > longestLine) return text.slice(0, end === -1 ? longestLine : end);
  }
  return text;
}
