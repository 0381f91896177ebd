import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { cell } from '../../../server/admin/campaigns/csv/results.ts';
import { placeWord } from '../../../server/admin/suppressions/places.ts';
import type { Mail, Suppression } from '../../../server/mail/index.ts';
import { notWritten } from '../campaign/results.ts';
import type { CommandContext } from '../command.ts';
import { withExample } from '../help.ts';

interface Given {
  stream?: string;
  out: string;
}

/** `postlane suppressions export`: all of them, in flat memory. */
export function addExport(parent: Command, { withMail, answer, signal }: CommandContext): void {
  withExample(
    parent
      .command('export')
      .description('write the active suppressions as CSV')
      .requiredOption('--out <file>', 'where to')
      .option('--stream <name>', 'of this stream'),
    'postlane suppressions export --out suppressions.csv',
  ).action(({ stream, out }: Given) =>
    withMail(async mail => {
      const written = { rows: 0 };
      const lines = Readable.from(linesOf(mail, stream, written));
      try {
        await pipeline(lines, createWriteStream(out), { signal });
      } catch (error) {
        throw notWritten(out, error);
      }
      answer(`Wrote ${written.rows} suppressions to ${out}.`, { file: out, rows: written.rows });
    }),
  );
}

const columns = ['stream', 'address', 'reason', 'origin', 'note', 'changed'];

async function* linesOf(
  mail: Mail,
  stream: string | undefined,
  written: { rows: number },
): AsyncGenerator<string> {
  yield `${columns.join(',')}\r\n`;
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await mail.suppressions.page({ stream, cursor, limit: 500 });
    written.rows += page.suppressions.length;
    yield page.suppressions.map(lineOf).join('');
    cursor = page.cursor;
  }
}

function lineOf(suppression: Suppression): string {
  const { address, reason, origin, note, changedAt } = suppression;
  const cells = [placeWord(suppression), address, reason, origin, note ?? '', changedAt.toISOString()];
  return `${cells.map(cell).join(',')}\r\n`;
}
