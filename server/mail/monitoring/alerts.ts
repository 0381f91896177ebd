import { stuckCampaigns } from '../campaigns/progress-store.ts';
import type { MailContext } from '../context.ts';
import { latestReconciliations } from '../reconciliation/reconciliations-store.ts';
import type { Lane } from '../routing/policy.ts';
import { addMs, hourMs, hourOf } from '../shared/time.ts';
import { deferralStreaks, rateAlerts, thresholds } from './alert-rules.ts';
import { countUpTo, latestAttempts } from './alerts-store.ts';
import { queueAges } from './queue-store.ts';
import { cursorMovedAt } from './roll-up-store.ts';
import { countsByStep } from './series-store.ts';

/** Something that somebody should look at. Counts end at {@link countedUpTo}; spans are in ms. */
export type Alert =
  | { kind: 'unknown'; count: number }
  | { kind: 'deferred'; transport: string; attempts: number; answer: string }
  | { kind: 'queue'; stream: string; lane: Lane; ageMs: number }
  | { kind: 'failed'; count: number; since: Date }
  | { kind: 'bounce-rate' | 'complaint-rate'; stream: string; rate: number; sent: number }
  | { kind: 'stuck'; campaignId: string; name: string; forMs: number }
  | { kind: 'books'; day: string; stream: string; problem: string }
  | { kind: 'books-late'; day: string }
  | { kind: 'not-counted'; since: Date };

/** Where counting stops: whoever reads "1,000 or more" knows enough. */
export const countedUpTo = 1000;

/** What wants attention, what loses mail first. Only seeks and counted hours: quick however much there is. */
export async function alerts(context: MailContext): Promise<Alert[]> {
  const found = await Promise.all([
    unknowns(context),
    deferred(context),
    queue(context),
    stuck(context),
    lastDay(context),
    books(context),
    counting(context),
  ]);
  return found.flat();
}

async function unknowns({ db }: MailContext): Promise<Alert[]> {
  const count = await countUpTo(db, 'unknown', countedUpTo);
  return count === 0 ? [] : [{ kind: 'unknown', count }];
}

async function deferred({ db, transports }: MailContext): Promise<Alert[]> {
  const streaks = deferralStreaks(await latestAttempts(db, 50 * transports.size));
  return streaks.map(({ transport, streak }) => ({
    kind: 'deferred',
    transport,
    attempts: streak.length,
    answer: streak[0]?.answer ?? '',
  }));
}

async function queue({ db, now }: MailContext): Promise<Alert[]> {
  const ages = await queueAges(db, now());
  return ages
    .filter(({ lane, ageMs }) => ageMs > thresholds.queueMs[lane])
    .map(age => ({ kind: 'queue', ...age }));
}

async function stuck({ db, now }: MailContext): Promise<Alert[]> {
  const found = await stuckCampaigns(db, addMs(now(), -thresholds.stuckMs));
  return found.map(({ id, name, since }) => ({
    kind: 'stuck',
    campaignId: id,
    name,
    forMs: now().getTime() - since.getTime(),
  }));
}

async function lastDay({ db, now }: MailContext): Promise<Alert[]> {
  const to = addMs(hourOf(now()), hourMs);
  const since = addMs(to, -24 * hourMs);
  const streams = await countsByStep(db, since, to, 24);
  const failed = streams.reduce((sum, row) => sum + row.failed, 0);
  return [
    ...(failed === 0 ? [] : [{ kind: 'failed' as const, count: failed, since }]),
    ...rateAlerts(streams),
  ];
}

/** The latest night of each stream; a night that never came is a problem as well. */
async function books({ db, now }: MailContext): Promise<Alert[]> {
  const nights = await latestReconciliations(db);
  const [latest] = nights;
  if (!latest) return [];
  const late = now().getTime() - latest.startedAt.getTime() > thresholds.booksMs;
  return [
    ...nights.flatMap(({ day, stream, problem }): Alert[] =>
      problem === null ? [] : [{ kind: 'books', day, stream, problem }],
    ),
    ...(late ? [{ kind: 'books-late' as const, day: latest.day }] : []),
  ];
}

async function counting({ db, now }: MailContext): Promise<Alert[]> {
  const since = await cursorMovedAt(db, 'hours');
  const isLate = since !== null && now().getTime() - since.getTime() > thresholds.countingMs;
  return isLate ? [{ kind: 'not-counted', since }] : [];
}
