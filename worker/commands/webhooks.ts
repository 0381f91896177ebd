import type { Command } from 'commander';
import type { Config } from '../../server/config/index.ts';
import type { Mail, WebhookProvider } from '../../server/mail/index.ts';
import { type AddCommands, type CommandContext, CommandError, exitCodes } from './command.ts';
import { withExample } from './help.ts';
import { ago, table } from './layout.ts';
import { wholeNumber } from './values.ts';
import { webhookAddress } from './webhook-address.ts';

const byCli = { by: 'cli' };

/** `postlane webhooks`: how the providers' reports come in. */
export const addWebhooks: AddCommands = (program, context) => {
  const webhooks = program
    .command('webhooks')
    .description('the providers’ reports: show, check, setup, passwords');
  const url = ['--url <url>', 'where the public router is reached, in place of publicUrl'] as const;

  withExample(
    webhooks
      .command('show')
      .description('where each provider posts what, and the passwords')
      .option(...url),
    'postlane webhooks show',
  ).action(given => context.withMail((mail, config) => show(context, mail, config, given)));

  withExample(
    webhooks
      .command('check')
      .description('ask the providers how their webhooks stand')
      .option(...url),
    'postlane webhooks check',
  ).action(given => context.withMail((mail, config) => check(context, mail, config, given)));

  withExample(
    webhooks
      .command('setup')
      .description('have the providers post all events here, with a new password that nobody gets to see')
      .option('--stream <name...>', 'these streams alone')
      .option('--yes', 'do not ask')
      .option(...url),
    'postlane webhooks setup --yes',
    'postlane webhooks setup --stream outbound --url https://shop.example/mail',
  ).action(given => context.withMail((mail, config) => setUp(context, mail, config, given)));

  addPasswords(webhooks, context);
};

interface Given {
  url?: string;
  stream?: string[];
  yes?: true;
}

async function show(context: CommandContext, mail: Mail, config: Config, { url }: Given): Promise<void> {
  const providers = mail.webhooks.providers.map(one => ({
    ...one,
    address: webhookAddress(url ?? config.publicUrl, one.key),
  }));
  const passwords = await mail.webhookPasswords.list();
  const text = providers.map(
    ({ name, address, streams, events }) =>
      `${name} posts to ${address}\n  streams: ${streams.join(', ')}\n  events: ${events.join(', ')}`,
  );
  text.push(
    `${config.webhookCredentials.length} passwords in the configuration, ${passwords.length} made here.`,
  );
  context.answer(text.join('\n'), { providers, passwords });
}

async function check(context: CommandContext, mail: Mail, config: Config, { url }: Given): Promise<void> {
  const found = await Promise.all(
    mail.webhooks.providers.map(async ({ key, name }) => {
      const address = webhookAddress(url ?? config.publicUrl, key);
      return { provider: name, address, ...(await mail.webhooks.check(key, address)) };
    }),
  );
  const lines = found.flatMap(one => [
    `${one.provider}, ${one.address}`,
    ...(one.fault === null
      ? one.streams.map(({ stream, state, words }) => `  ${stream}: ${words.join(' ') || state}`)
      : [`  ${one.fault}`]),
  ]);
  const good = found.every(one => one.fault === null && one.streams.every(({ state }) => state === 'right'));
  context.answer(lines.join('\n'), found, good ? 0 : exitCodes.no);
}

async function setUp(context: CommandContext, mail: Mail, config: Config, given: Given): Promise<void> {
  const wanted = mail.webhooks.providers.map(provider => ({
    provider,
    address: webhookAddress(given.url ?? config.publicUrl, provider.key),
    streams: provider.streams.filter(stream => given.stream?.includes(stream) ?? true),
  }));
  refuseUnknown(given.stream ?? [], mail.webhooks.providers);
  const where = wanted.map(({ provider, address }) => `${provider.name} post to ${address}`).join(' and ');
  await context.confirm(`This has ${where}.`, given.yes);
  const results = [];
  for (const { provider, address, streams } of wanted.filter(one => one.streams.length > 0)) {
    for (const result of await mail.webhooks.setUp(provider.key, streams, address, byCli))
      results.push({ provider: provider.name, address, ...result });
  }
  const lines = results.map(one =>
    one.kind === 'done' ? `${one.stream}: set up.` : `${one.stream}: ${one.kind}. ${one.answer}`,
  );
  const good = results.every(({ kind }) => kind === 'done');
  context.answer(lines.join('\n'), results, good ? 0 : exitCodes.no);
}

function refuseUnknown(named: readonly string[], providers: readonly WebhookProvider[]): void {
  const known = providers.flatMap(({ streams }) => streams);
  const unknown = named.find(stream => !known.includes(stream));
  if (unknown !== undefined)
    throw new CommandError(`There is no stream ${unknown}; there are ${known.join(', ')}.`, exitCodes.usage);
}

function addPasswords(webhooks: Command, { withMail, answer, confirm }: CommandContext): void {
  const passwords = webhooks.command('passwords').description('passwords of the webhooks: list, add, remove');
  withExample(
    passwords.command('list').description('those that were made here, beside the configuration’s'),
    'postlane webhooks passwords list',
  ).action(() =>
    withMail(async mail => {
      const found = await mail.webhookPasswords.list();
      const rows = found.map(one => [String(one.id), one.user, `used ${ago(one.usedAt)}`, one.createdBy]);
      answer(rows.length > 0 ? table(rows) : 'There are none.', found);
    }),
  );
  withExample(
    passwords.command('add').description('make one and print it, this once'),
    'postlane webhooks passwords add',
  ).action(() =>
    withMail(async mail => {
      const made = await mail.webhookPasswords.add(byCli);
      answer(`${made.id}: user ${made.user}, password ${made.password}`, made);
    }),
  );
  withExample(
    passwords
      .command('remove')
      .description('remove one: what still comes with it is refused')
      .argument('<id>', 'as the list shows it', wholeNumber)
      .option('--yes', 'do not ask'),
    'postlane webhooks passwords remove 3 --yes',
  ).action((id: number, { yes }: Given) =>
    withMail(async (mail, config) => {
      await confirm(`Events that come with password ${id} will be refused.`, yes);
      const keepLast = config.webhookCredentials.length === 0;
      await mail.webhookPasswords.remove(id, { ...byCli, keepLast });
      answer(`Removed ${id}.`, { id, removed: true });
    }),
  );
}
