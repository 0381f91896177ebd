import type { Command } from 'commander';
import type { AddCommands, CommandContext } from '../command.ts';
import { withExample } from '../help.ts';
import { moment, table } from '../layout.ts';
import { wholeNumber } from '../values.ts';
import { addExport } from './export.ts';
import { addImport } from './import.ts';
import { refuseUnknownStream } from './streams.ts';

const byCli = { by: 'cli' };

interface Given {
  stream?: string;
  start?: string;
  limit: number;
  note: string;
  yes?: true;
}

/** `postlane suppressions`: who is not mailed on which stream, and why. */
export const addSuppressions: AddCommands = (program, context) => {
  const suppressions = program
    .command('suppressions')
    .description('who is not mailed: list, add, lift, export, import');
  addList(suppressions, context);
  addAdd(suppressions, context);
  addLift(suppressions, context);
  addExport(suppressions, context);
  addImport(suppressions, context);
};

function addList(parent: Command, { withMail, answer, note }: CommandContext): void {
  withExample(
    parent
      .command('list')
      .description('active suppressions in order of address')
      .option('--stream <name>', 'of this stream')
      .option('--start <text>', 'of addresses that begin so')
      .option('--limit <number>', 'at most so many, up to 500', wholeNumber, 50),
    'postlane suppressions list --stream broadcast --start ada@',
  ).action(({ stream, start, limit }: Given) =>
    withMail(async mail => {
      const { suppressions, cursor } = await mail.suppressions.page({ stream, start, limit });
      const rows = suppressions.map(one => [
        one.address,
        one.stream,
        mail.providers.describeSuppression(one) ?? `${one.reason} (${one.origin})`,
        moment(one.changedAt),
        one.note ?? '',
      ]);
      answer(rows.length > 0 ? table(rows) : 'There are none.', suppressions);
      if (cursor) note('There are more: see --limit, or export.');
    }),
  );
}

function addAdd(parent: Command, { withMail, answer }: CommandContext): void {
  withExample(
    parent
      .command('add')
      .description('mail an address no more on a stream')
      .argument('<stream>')
      .argument('<address>')
      .requiredOption('--note <text>', 'why'),
    'postlane suppressions add broadcast ada@shop.example --note "asked by phone"',
  ).action((stream: string, address: string, { note }: Given) =>
    withMail(async mail => {
      await refuseUnknownStream(mail, stream);
      const added = await mail.suppressions.add(stream, address, note, byCli);
      const text = added ? `${address} gets nothing on ${stream} any more.` : 'It was suppressed already.';
      answer(text, { stream, address, added });
    }),
  );
}

function addLift(parent: Command, { withMail, answer, confirm }: CommandContext): void {
  withExample(
    parent
      .command('lift')
      .description('mail an address again; of the provider’s own, the provider is asked first')
      .argument('<stream>')
      .argument('<address>')
      .requiredOption('--note <text>', 'why')
      .option('--yes', 'do not ask'),
    'postlane suppressions lift broadcast ada@shop.example --note "asked to come back" --yes',
  ).action((stream: string, address: string, { note, yes }: Given) =>
    withMail(async mail => {
      await confirm(`${address} will be mailed again on ${stream}.`, yes);
      await mail.suppressions.lift(stream, address, note, byCli);
      answer(`${address} is mailed again on ${stream}.`, { stream, address, lifted: true });
    }),
  );
}
