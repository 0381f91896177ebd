import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { suppressionsCsv } from '../../../server/admin/suppressions/csv/export.ts';
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
      const all = mail.suppressions.export({ stream });
      const lines = Readable.from(
        suppressionsCsv(all, () => {
          written.rows += 1;
        }),
      );
      try {
        await pipeline(lines, createWriteStream(out), { signal });
      } catch (error) {
        throw notWritten(out, error);
      }
      answer(`Wrote ${written.rows} suppressions to ${out}.`, { file: out, rows: written.rows });
    }),
  );
}
