import type { OpenAccount, Provider } from '../../../server/mail/diagnosis.ts';
import { bad, type Examination, type Finding, good, unseen } from './check.ts';
import { clock } from './database.ts';
import { refusedSenders } from './operation-store.ts';
import { routesOf, sendersOf } from './routes.ts';
import type { Subject } from './subject.ts';
import { Unseen } from './unseen.ts';
import { unsubscribing } from './unsubscribing.ts';

/** The provider as our credentials open it: the account, its clock, its streams, its senders. */
export const provider: readonly Examination[] = [
  {
    name: 'provider token',
    look: subject =>
      eachProvider(subject, async one => {
        const reading = await subject.account(one);
        return reading.kind === 'open'
          ? good(`${one.name} accepts it.`)
          : bad(reading.answer, reading.remedy);
      }),
  },
  {
    name: 'provider server',
    look: subject =>
      eachOpen(subject, async (_, { name, delivers }) => {
        if (delivers) return good(`${name}, which delivers.`);
        const found = `${name} is a sandbox server: it takes mail and delivers none.`;
        return subject.config.production
          ? bad(found, 'Use the token of a server of type Live in production.')
          : unseen(found);
      }),
  },
  {
    name: 'provider clock',
    look: subject =>
      eachOpen(subject, async ({ name }, { at }) =>
        at === null ? unseen(`${name} says no time.`) : clock(name, at, subject.now(), 1_000),
      ),
  },
  {
    name: 'streams',
    look: subject =>
      eachOpen(subject, async (one, { streams }) => {
        const routes = routesOf(subject.routing(), one);
        const faults = routes.flatMap(({ stream, lane }) => {
          const found = streams.find(({ name }) => name === stream);
          if (!found) return `${one.name} has no stream ${stream}.`;
          if (found.archived) return `Stream ${stream} is archived.`;
          return found.lane === lane ? [] : `Stream ${stream} is not for ${lane} mail.`;
        });
        const all = [...new Set(faults)];
        if (all.length > 0)
          return bad(
            all.join(' '),
            `Create or unarchive the streams at ${one.name}, or name others in the routes of the policy: ` +
              'transactional mail by a transactional stream, bulk mail by a broadcast stream.',
          );
        const names = [...new Set(routes.map(({ stream }) => stream))].sort();
        return good(`${names.join(', ')}: there, in use, of the right type.`);
      }),
  },
  {
    name: 'unsubscribing',
    look: subject => eachOpen(subject, async (...seen) => unsubscribing(subject, ...seen)),
  },
  {
    name: 'senders',
    look: subject => eachOpen(subject, one => senders(subject, one)),
  },
];

async function senders(subject: Subject, one: Provider): Promise<Finding> {
  if (subject.wrong.has('from')) throw new Unseen('The configuration names no sender.');
  const addresses = sendersOf(subject.routing());
  const token = subject.env.POSTLANE_POSTMARK_ACCOUNT_TOKEN || subject.env.POSTMARK_ACCOUNT_TOKEN;
  if (token && one.account) return verified(await one.account.senders(addresses, token), one.name);
  const refused = await refusedSenders(await subject.db());
  if (refused.length > 0)
    return bad(`${one.name} has refused mail for its sender: ${refused[0]}`, verify(one.name));
  return unseen(
    `A server token does not show whether ${addresses.join(', ')} may send; no refusal is known.`,
    'Set POSTMARK_ACCOUNT_TOKEN for this command alone, or look under Sender Signatures.',
  );
}

function verified(
  readings: readonly { address: string; verified: boolean; answer: string }[],
  name: string,
): Finding {
  const faults = readings.filter(one => !one.verified).map(({ address, answer }) => `${address}: ${answer}`);
  return faults.length > 0
    ? bad(faults.join(' '), verify(name))
    : good(readings.map(({ address, answer }) => `${address}: ${answer}`).join(' '));
}

function verify(name: string): string {
  return `Verify the domain at ${name} (Sender Signatures, DKIM), or send from an address that is.`;
}

/** What is found of every provider that has an account to look at: the worst first. */
export async function eachProvider(
  { routing }: Subject,
  look: (provider: Provider) => Promise<Finding>,
): Promise<Finding> {
  const all = routing().providers.all.filter(({ account }) => account);
  if (all.length === 0) throw new Unseen('No provider tells of its account.');
  return combined(await Promise.all(all.map(look)));
}

function eachOpen(
  subject: Subject,
  look: (provider: Provider, account: OpenAccount) => Promise<Finding>,
): Promise<Finding> {
  return eachProvider(subject, async one => {
    const reading = await subject.account(one);
    if (reading.kind !== 'open') throw new Unseen(`${one.name} did not let us look: see provider token.`);
    return look(one, reading.account);
  });
}

/** Several findings of one check as one. */
export function combined(findings: readonly Finding[]): Finding {
  const isWell = (ok: Finding['ok']) => findings.filter(one => one.ok === ok);
  const shown = [isWell(false), isWell(null), isWell(true)].find(some => some.length > 0) ?? [];
  const remedies = shown.flatMap(({ remedy }) => remedy ?? []);
  return {
    ok: shown[0]?.ok ?? null,
    found: shown.map(({ found }) => found).join(' '),
    remedy: remedies.length > 0 ? [...new Set(remedies)].join(' ') : null,
  };
}
