import { stuckCampaigns } from '../campaigns/progress-store.ts';
import type { MailContext } from '../context.ts';
import { countWithFaults } from '../events/unmatched-store.ts';
import { type ConfigurationDifference, configurationDifferences } from '../instances/comparison.ts';
import { liveInstances } from '../instances/instances-store.ts';
import { latestReconciliations } from '../reconciliation/reconciliations-store.ts';
import type { Lane } from '../routing/policy.ts';
import { type SecurityBurst, securityBursts } from '../security/bursts.ts';
import { cursorUpdatedAt } from '../shared/cursors-store.ts';
import { addMs, hourMs, hourOf } from '../shared/time.ts';
import { type LeakingTemplate, leakingTemplates } from '../templates/index.ts';
import { type AlertKey, closeAlert, openAlert, openAlerts } from './alerts-store.ts';
import { type MissingRoute, missingRoutes, retryRouted } from './missing-routes.ts';
import { countUpTo, latestAttempts, queueAges } from './queue-store.ts';
import { countsByStep } from './series-store.ts';

/** Something that somebody should look at. Counts end at {@link countedUpTo}; spans are in ms. */
export type Alert =
  | { kind: 'unknown'; count: number }
  | { kind: 'deferred'; transport: string; attempts: number; answer: string }
  | { kind: 'queue'; stream: string; lane: Lane; ageMs: number }
  | { kind: 'failed'; count: number; since: Date }
  | { kind: 'bounce-rate' | 'complaint-rate'; stream: string; rate: number; sent: number }
  | { kind: 'stuck'; campaignId: string; name: string; forMs: number }
  | { kind: 'reconciliation'; day: string; stream: string; problem: string }
  | { kind: 'reconciliation-late'; day: string }
  | { kind: 'not-counted'; since: Date }
  | { kind: 'missing-stream'; provider: string; stream: string }
  | { kind: 'unreadable-events'; count: number }
  | SecurityBurst
  | ({ kind: 'leaking-template' } & LeakingTemplate)
  | MissingRoute
  | ConfigurationDifference;

/** Where counting stops: anyone who reads "1,000 or more" knows enough. */
export const countedUpTo = 1000;

/** What an alert is about, so that it is known again while it lasts. A new kind has to say it here. */
const subjects: { [Kind in Alert['kind']]: (alert: Extract<Alert, { kind: Kind }>) => string } = {
  unknown: () => '',
  deferred: ({ transport }) => transport,
  queue: ({ lane, stream }) => `${lane} ${stream}`,
  failed: () => '',
  'bounce-rate': ({ stream }) => stream,
  'complaint-rate': ({ stream }) => stream,
  stuck: ({ campaignId }) => campaignId,
  reconciliation: ({ stream }) => stream,
  'reconciliation-late': () => '',
  'not-counted': () => '',
  'missing-stream': ({ provider, stream }) => `${provider} ${stream}`,
  'unreadable-events': () => '',
  'leaking-template': ({ template }) => template,
  'no-route': ({ of, category, transport }) => `${of} ${category} ${transport ?? ''}`.trim(),
  configuration: ({ older }) => older,
  security: ({ event }) => event,
};

/** The one way to raise an alert: it is kept with its evidence until it is resolved, and logged when it begins. */
export async function raiseAlert({ db, now, log }: MailContext, alert: Alert): Promise<void> {
  const key = keyOf(alert);
  if (await openAlert(db, key, alert, now())) log.warn(key, 'alert raised');
}

/** Raises what is found now and resolves what no longer is. */
export async function watchAlerts(context: MailContext): Promise<void> {
  const { db, now, log } = context;
  const found = await currentAlerts(context);
  for (const alert of found) await raiseAlert(context, alert);
  const lasting = new Set(found.map(alert => JSON.stringify(keyOf(alert))));
  for (const { kind, subject } of await openAlerts(db)) {
    const key = { kind, subject };
    if (lasting.has(JSON.stringify(key))) continue;
    if (!(await closeAlert(db, key, now()))) continue;
    log.info(key, 'alert resolved');
    if (kind === 'no-route') await retryRouted(context);
  }
}

function keyOf<Kind extends Alert['kind']>(alert: Extract<Alert, { kind: Kind }>): AlertKey {
  const subjectOf = subjects[alert.kind as Kind] as (alert: Extract<Alert, { kind: Kind }>) => string;
  return { kind: alert.kind, subject: subjectOf(alert) };
}

/** What needs attention now, most urgent first. Reads only by index and from counted hours, so it is quick at any size. */
export async function currentAlerts(context: MailContext): Promise<Alert[]> {
  const found = await Promise.all([
    unknowns(context),
    deferred(context),
    queue(context),
    stuck(context),
    lastDay(context),
    reconciliations(context),
    counting(context),
    configurations(context),
    missingRoutes(context),
    leaks(context),
    unreadableEvents(context),
    securityBursts(context),
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

/** The latest reconciliation of each stream; one that never ran is a problem as well. */
async function reconciliations({ db, now }: MailContext): Promise<Alert[]> {
  const runs = await latestReconciliations(db);
  const [latest] = runs;
  if (!latest) return [];
  const late = now().getTime() - latest.startedAt.getTime() > thresholds.reconciliationMs;
  return [
    ...runs.flatMap(({ day, stream, problem }): Alert[] =>
      problem === null ? [] : [{ kind: 'reconciliation', day, stream, problem }],
    ),
    ...(late ? [{ kind: 'reconciliation-late' as const, day: latest.day }] : []),
  ];
}

async function counting({ db, now }: MailContext): Promise<Alert[]> {
  const since = await cursorUpdatedAt(db, 'hours');
  const isLate = since !== null && now().getTime() - since.getTime() > thresholds.countingMs;
  return isLate ? [{ kind: 'not-counted', since }] : [];
}

/** What the processes that run are configured to do differently, and what each of them found missing. */
async function configurations({ db }: MailContext): Promise<Alert[]> {
  const live = await liveInstances(db);
  const missing = live.flatMap(({ findings }) => findings.missingStreams);
  const once = new Map(missing.map(one => [`${one.provider} ${one.stream}`, one]));
  return [
    ...configurationDifferences(live),
    ...[...once.values()].map(one => ({ kind: 'missing-stream' as const, ...one })),
  ];
}

async function leaks(context: MailContext): Promise<Alert[]> {
  const found = await leakingTemplates(context);
  return found.map(one => ({ kind: 'leaking-template', ...one }));
}

/** However many there are, it is one alert: they are listed on a page of their own. */
async function unreadableEvents({ db, now }: MailContext): Promise<Alert[]> {
  const count = await countWithFaults(db, addMs(now(), -24 * hourMs), countedUpTo);
  return count === 0 ? [] : [{ kind: 'unreadable-events', count }];
}

/** From where on something needs attention. */
export const thresholds = {
  /** Of what was sent in a day; providers ask for less than 10 %, and good senders stay under 2. */
  bounceRate: 0.05,
  /** Mailbox providers act from 0.1 %. */
  complaintRate: 0.001,
  /** Below this many messages a rate says little. */
  leastSent: 50,
  queueMs: { transactional: 2 * 60_000, bulk: 60 * 60_000 },
  /** This many attempts of a transport deferred in a row. */
  deferredStreak: 10,
  stuckMs: 15 * 60_000,
  countingMs: 15 * 60_000,
  reconciliationMs: 50 * 3_600_000,
} as const;

/** A stream with too many bounces or complaints. */
export interface RateAlert {
  kind: 'bounce-rate' | 'complaint-rate';
  stream: string;
  rate: number;
  sent: number;
}

/** Which streams' rates are too high. */
export function rateAlerts(
  streams: readonly { stream: string; sent: number; bounced: number; complained: number }[],
): RateAlert[] {
  return streams.flatMap(({ stream, sent, bounced, complained }): RateAlert[] => {
    if (sent < thresholds.leastSent) return [];
    const found: RateAlert[] = [];
    if (bounced / sent > thresholds.bounceRate)
      found.push({ kind: 'bounce-rate', stream, rate: bounced / sent, sent });
    if (complained / sent > thresholds.complaintRate)
      found.push({ kind: 'complaint-rate', stream, rate: complained / sent, sent });
    return found;
  });
}

/** How many attempts of each transport were deferred in a row, the newest first; only streaks long enough. */
export function deferralStreaks<A extends { transport: string; outcome: string }>(
  attempts: readonly A[],
): { transport: string; streak: A[] }[] {
  const transports = [...new Set(attempts.map(({ transport }) => transport))];
  return transports.flatMap(transport => {
    const of = attempts.filter(attempt => attempt.transport === transport);
    const end = of.findIndex(({ outcome }) => outcome !== 'deferred');
    const streak = end === -1 ? of : of.slice(0, end);
    return streak.length >= thresholds.deferredStreak ? [{ transport, streak }] : [];
  });
}
