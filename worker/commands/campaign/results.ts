import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { resultsCsv } from '../../../server/admin/campaigns/csv/results.ts';
import { type CommandContext, CommandError, exitCodes } from '../command.ts';
import { withExample } from '../help.ts';

interface Given {
  out: string;
}

/** `postlane campaign results`: a line for each recipient. */
export function addResults(parent: Command, context: CommandContext): void {
  withExample(
    parent
      .command('results')
      .description('write what became of each recipient as CSV')
      .argument('<id>')
      .requiredOption('--out <file>', 'where to'),
    'postlane campaign results 0197c0de-0000-7000-8000-000000000000 --out results.csv',
  ).action((id: string, { out }: Given) =>
    context.withMail(async mail => {
      const { expanded } = await mail.campaigns.progress(id);
      const progress = await context.progress('Writing results', expanded);
      let rows = 0;
      const counted = async function* () {
        for await (const result of mail.campaigns.results(id)) {
          rows += 1;
          progress.at(rows);
          yield result;
        }
      };
      try {
        await pipeline(resultsCsv(counted()), createWriteStream(out), { signal: context.signal });
      } catch (error) {
        throw notWritten(out, error);
      } finally {
        progress.end();
      }
      context.answer(`Wrote ${rows} results to ${out}.`, { id, file: out, rows });
    }),
  );
}

/** A file that cannot be written is the person's to correct; anything else stays what it is. */
export function notWritten(file: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  return syscall === undefined
    ? error
    : new CommandError(`${file} cannot be written (${code}).`, exitCodes.usage);
}
