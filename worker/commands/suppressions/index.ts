import type { Command } from 'commander';
import { placeWord } from '../../../server/admin/suppressions/places.ts';
import type { AddCommands, CommandContext } from '../command.ts';
import { withExample } from '../help.ts';
import { moment, table } from '../layout.ts';
import { wholeNumber } from '../values.ts';
import { addExport } from './export.ts';
import { addImport } from './import.ts';
import { placeHelp, requirePlace } from './places.ts';

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
  addAcceptServer(suppressions, context);
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
        placeWord(one),
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
      .description('mail an address no more on a stream, or as far as the place says')
      .argument('<place>', placeHelp)
      .argument('<address>')
      .requiredOption('--note <text>', 'why'),
    'postlane suppressions add broadcast ada@shop.example --note "asked by phone"',
  ).action((word: string, address: string, { note }: Given) =>
    withMail(async mail => {
      const place = await requirePlace(mail, word);
      const added = await mail.suppressions.add({ ...place, address, note }, byCli);
      const text = added ? `${address} gets nothing on ${word} any more.` : 'It was suppressed already.';
      answer(text, { ...place, address, added });
    }),
  );
}

function addLift(parent: Command, { withMail, answer, confirm }: CommandContext): void {
  withExample(
    parent
      .command('lift')
      .description('mail an address again; of the provider’s own, the provider is asked first')
      .argument('<place>', placeHelp)
      .argument('<address>')
      .requiredOption('--note <text>', 'why')
      .option('--yes', 'do not ask'),
    'postlane suppressions lift broadcast ada@shop.example --note "asked to come back" --yes',
  ).action((word: string, address: string, { note, yes }: Given) =>
    withMail(async mail => {
      const place = await requirePlace(mail, word);
      await confirm(`${address} will be mailed again on ${word}.`, yes);
      const { still } = await mail.suppressions.lift({ ...place, address }, note, byCli);
      const text = still
        ? `What could be lifted was; ${address} still gets nothing on ${word}: ${still.reason} (${still.origin}).`
        : `${address} is mailed again on ${word}.`;
      answer(text, { ...place, address, lifted: true, still });
    }),
  );
}

function addAcceptServer(parent: Command, { withMail, answer, confirm }: CommandContext): void {
  withExample(
    parent
      .command('accept-server')
      .description(
        'let the lists of another server of a provider lift suppressions, as those of the one before',
      )
      .argument('<provider>', 'such as postmark')
      .option('--yes', 'do not ask'),
    'postlane suppressions accept-server postmark --yes',
  ).action((provider: string, { yes }: Given) =>
    withMail(async mail => {
      await confirm(`Bounces that the lists of ${provider} lack will be lifted.`, yes);
      const { now, before } = await mail.reconciliations.acceptServer(provider, byCli);
      answer(`Its lists are those of server ${now} from now on.`, { provider, now, before });
    }),
  );
}
