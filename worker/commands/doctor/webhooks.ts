import { connectionFault, type Provider, webhookStatus, webhooksAt } from '../../../server/mail/diagnosis.ts';
import { ago, span } from '../layout.ts';
import { webhookAddress } from '../webhook-address.ts';
import { bad, type Examination, type Finding, good, unseen } from './check.ts';
import { latestReports } from './operation-store.ts';
import { combined } from './provider.ts';
import { routesOf } from './routes.ts';
import type { Subject } from './subject.ts';
import { Unseen } from './unseen.ts';

/** The providers' webhooks: set up for every stream, with our address, events and password; and in use. */
export const webhooks: readonly Examination[] = [
  {
    name: 'webhooks',
    async look(subject) {
      const posting = subject.routing().providers.all.filter(one => one.webhooks);
      if (posting.length === 0) throw new Unseen('No provider posts events here.');
      return combined(await Promise.all(posting.map(one => setUp(subject, one))));
    },
  },
  { name: 'recent events', look: recentEvents },
];

type Webhooks = Awaited<ReturnType<NonNullable<Provider['webhooks']>['list']>>;

async function setUp(subject: Subject, one: Provider): Promise<Finding> {
  const address = webhookAddress(subject.config.publicUrl, one.key);
  const found = await listed(subject, one);
  const streams = [...new Set(routesOf(subject.routing(), one).map(({ stream }) => stream))].sort();
  const needed = { name: one.name, events: one.webhooks?.events ?? [] };
  const faults = streams
    .map(stream => webhookStatus(stream, address, { streams, webhooks: found }, needed))
    .filter(({ state }) => state !== 'right')
    .map(({ stream, words, others }) => {
      const elsewhere = others.length > 0 ? ` Others post to ${others.join(', ')}.` : '';
      return `${stream}: ${words.join(' ')}${elsewhere}`;
    });
  faults.push(...(await wrongPasswords(subject, webhooksAt(address, found))));
  return faults.length > 0
    ? bad(faults.join(' '), 'Run postlane webhooks setup.')
    : good(`${streams.join(', ')} post everything to ${address}.`);
}

async function listed({ account }: Subject, one: Provider): Promise<Webhooks> {
  if ((await account(one)).kind !== 'open')
    throw new Unseen(`${one.name} did not let us look: see provider token.`);
  try {
    return (await one.webhooks?.list()) ?? [];
  } catch (error) {
    throw new Unseen(`${one.name}: ${connectionFault(error)}`);
  }
}

/** Webhooks whose password we would refuse, where it can be compared. */
async function wrongPasswords({ config, mail, given }: Subject, ours: Webhooks): Promise<string[]> {
  const faults: string[] = [];
  for (const { stream, signIn } of ours) {
    if (!signIn) continue;
    const { user, password } = signIn;
    const inConfig =
      given.has('webhookCredentials') &&
      config.webhookCredentials.some(one => one.user === user && one.password === password);
    const known = inConfig || (await (await mail()).webhookPasswords.accepts(user, password));
    if (!known) faults.push(`${stream}: it brings a password that is refused here.`);
  }
  return faults;
}

/** Mail is handed over and nothing is reported about it for so long. */
const patienceMs = 3_600_000;

async function recentEvents({ db, now }: Subject): Promise<Finding> {
  const { eventAt, unreportedAt } = await latestReports(await db());
  const silentMs = unreportedAt ? now().getTime() - unreportedAt.getTime() : 0;
  if (unreportedAt && silentMs > patienceMs && (!eventAt || eventAt < unreportedAt))
    return bad(
      `The last event came ${ago(eventAt, now())}, but mail was handed over ${span(silentMs)} ago.`,
      'See the checks "webhooks", "public URL" and "large webhooks"; then run postlane reconcile for what was missed.',
    );
  return eventAt
    ? good(`The last came ${ago(eventAt, now())}.`)
    : unseen('None yet: nothing was reported so far.');
}
