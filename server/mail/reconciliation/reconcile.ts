import Joi from 'joi';
import type { MailContext } from '../context.ts';
import { unknownFacts } from '../events/events-store.ts';
import { findMessageOf } from '../events/matching-store.ts';
import { linkLearnt } from '../events/waiting.ts';
import { raiseAlert } from '../monitoring/alerts.ts';
import { listStreams } from '../monitoring/series-store.ts';
import type { ProviderEvent } from '../providers/event.ts';
import type { Provider, ProviderLists } from '../providers/provider.ts';
import type { ChangeOptions } from '../shared/change.ts';
import { argument, type Rules, withCheckedInput } from '../shared/input.ts';
import { changeSchema, daySchema, wordSchema } from '../shared/schemas.ts';
import { dayMs } from '../shared/time.ts';
import { type AcceptedServer, acceptServer, whyNothingIsLifted } from './provider-servers.ts';
import { receiveListed, reconcileSuppressions, type Source } from './reconcile-suppressions.ts';
import {
  type Differences,
  finishReconciliation,
  listReconciliations,
  noDifferences,
  type ReconciliationRun,
  type Repair,
  repairsOf,
  type StreamResult,
  startReconciliation,
} from './reconciliations-store.ts';

/** How many repairs of a stream are listed; the numbers tell of all. */
const shownRepairs = 200;

/** A run with the first 200 of its repairs. */
export interface ReconciliationDetails extends ReconciliationRun {
  repairs: Repair[];
}

/** The comparisons of our records with the providers' lists: `mail.reconciliations`. */
export interface Reconciliations {
  /** Latest first; `before` (a day, `YYYY-MM-DD`) continues a page. */
  list(page?: { before?: string | undefined } | undefined): Promise<ReconciliationRun[]>;
  /** One day's (`YYYY-MM-DD`), stream by stream; empty when there was none. */
  ofDay(day: string): Promise<ReconciliationDetails[]>;
  /**
   * Takes the server that a provider's token belongs to now for the right one: until then, lists of another server than
   * before lift nothing. Throws `invalid-input` for a provider without one, `wrong-state` when it cannot be asked.
   */
  acceptServer(provider: string, options?: ChangeOptions | undefined): Promise<AcceptedServer>;
}

const rules: Rules<Reconciliations> = {
  list: [argument('page', Joi.object({ before: daySchema }))],
  ofDay: [argument('day', daySchema.required())],
  acceptServer: [argument('provider', wordSchema.required()), argument('options', changeSchema)],
};

/** See {@link Reconciliations}. */
export function createReconciliations(context: MailContext): Reconciliations {
  const { db } = context;
  const reconciliations: Reconciliations = {
    list: (page = {}) => listReconciliations(db, page),
    async ofDay(day) {
      const runs = await listReconciliations(db, { day });
      return Promise.all(
        runs.map(async run => ({ ...run, repairs: await repairsOf(db, run, shownRepairs) })),
      );
    },
    acceptServer: (provider, options = {}) => acceptServer(context, provider, options),
  };
  return withCheckedInput(reconciliations, rules);
}

/**
 * Compares the day before `now` with every provider's lists: reads bounces and suppressions of every stream and sends
 * each difference down the same path as a webhook. Repeating a day repairs only what is still missing. A stream that
 * cannot be read is recorded with its problem and does not stop the others, nor does a provider that cannot be asked at all, or a
 * row that cannot be read its stream.
 */
export async function reconcile(context: MailContext): Promise<ReconciliationRun[]> {
  const to = context.now();
  const day = new Date(to.getTime() - dayMs).toISOString().slice(0, 10);
  await linkLearnt(context).catch((error: unknown) =>
    context.log.error({ err: error }, 'events that wait for their message could not be looked through'),
  );
  const mailed = await listStreams(context.db);
  for (const provider of context.providers.all) {
    const { key, lists: hasty } = provider;
    if (!hasty) continue;
    const lists = hasty.patient?.({ ms: context.timing.comparisonPatienceMs }) ?? hasty;
    const ours = mailed.filter(stream => context.providers.listing(stream) === provider);
    try {
      const streams = await streamsToRead(context, provider, lists, ours);
      const liftsNothing = await whyNothingIsLifted(context, provider);
      await reconcileStreams(context, { provider: key, lists, liftsNothing }, streams, { day, to });
    } catch (error) {
      context.log.error({ err: error, provider: key }, 'reconciliation with a provider failed');
      await recordFailure(context, provider, ours, { day, to, problem: (error as Error).message });
    }
  }
  return listReconciliations(context.db, { day });
}

/** Those that mail can be sent on, and those that it was sent on before they were archived. */
async function streamsToRead(
  { providers }: MailContext,
  provider: Provider,
  lists: ProviderLists,
  mailed: readonly string[],
): Promise<string[]> {
  const [open, all] = [await lists.streams(), await lists.streams({ archived: true })];
  const there = [...new Set([...open, ...all.filter(stream => mailed.includes(stream))])];
  // A stream has one provider: another's list says nothing about it, though it has one of that name.
  return there.filter(stream => providers.listing(stream) === provider).sort();
}

/** A night that could not begin is told of that morning, for each stream that somebody may miss something of. */
async function recordFailure(
  context: MailContext,
  provider: Provider,
  mailed: readonly string[],
  { day, to, problem }: { day: string; to: Date; problem: string },
): Promise<void> {
  const routed = routedStreams(context).filter(stream => context.providers.listing(stream) === provider);
  const said = `${provider.name} could not be asked: ${problem}`;
  for (const stream of [...new Set([...mailed, ...routed])].sort()) {
    const id = await startReconciliation(context.db, day, stream, to);
    const nothing = { bounces: noDifferences(), suppressions: noDifferences(), problem: said };
    await finishReconciliation(context.db, id, nothing, context.now());
    await raiseAlert(context, { kind: 'reconciliation', day, stream, problem: said });
  }
}

function routedStreams({ brands, providers }: MailContext): string[] {
  const routes = brands.all.flatMap(({ policy }) =>
    Object.values(policy.categories).flatMap(category => category.routes),
  );
  const servers = providers.servers.length > 0 ? providers.servers : [undefined];
  return servers.flatMap(server => routes.map(route => providers.routeOn(server, route).stream));
}

async function reconcileStreams(
  context: MailContext,
  source: Source,
  streams: readonly string[],
  { day, to }: { day: string; to: Date },
): Promise<void> {
  for (const stream of streams) {
    const id = await startReconciliation(context.db, day, stream, to);
    const result = await reconcileStream(context, source, stream, to);
    await finishReconciliation(context.db, id, result, context.now());
    const { problem } = result;
    if (problem !== null) await raiseAlert(context, { kind: 'reconciliation', day, stream, problem });
  }
}

async function reconcileStream(
  context: MailContext,
  source: Source,
  stream: string,
  to: Date,
): Promise<StreamResult> {
  try {
    // Events arrive late and are dated by the bounce: the windows of three days overlap.
    const bounces = await reconcileBounces(context, source, stream, new Date(to.getTime() - 3 * dayMs), to);
    const { problem, ...suppressions } = await reconcileSuppressions(context, source, stream, to);
    const unreadable = problemOf(bounces.unreadable + suppressions.unreadable);
    return { bounces, suppressions, problem: [problem, unreadable].filter(Boolean).join(' ') || null };
  } catch (error) {
    context.log.error({ err: error, stream }, 'reconciliation of a stream failed');
    return { bounces: noDifferences(), suppressions: noDifferences(), problem: (error as Error).message };
  }
}

function problemOf(unreadable: number): string | null {
  return unreadable === 0
    ? null
    : `Rows that are not what the provider documents, or that it could not say more about: ${unreadable}.`;
}

async function reconcileBounces(
  context: MailContext,
  { provider, lists }: Source,
  stream: string,
  from: Date,
  to: Date,
): Promise<Differences> {
  const found = noDifferences();
  for await (const { events, unreadable } of lists.bounces(stream, from, to)) {
    found.seen += events.length + unreadable;
    found.unreadable += unreadable;
    for (const event of await unknownFacts(context.db, provider, events)) {
      const whole = await identified(context, lists, event);
      if (!whole) {
        found.unreadable += 1;
        continue;
      }
      const result = await receiveListed(context, provider, whole, found);
      if (result === 'stored') found.repaired += 1;
      if (result === 'test') found.seen -= 1;
    }
  }
  return found;
}

/**
 * Rows of a list may lack the metadata of webhooks, and of mail that went by SMTP we may not have learned the provider's
 * id: then the provider is asked which attempt it was. Null when it cannot say now: the next run asks again.
 */
async function identified(
  { db, log }: MailContext,
  lists: ProviderLists,
  event: ProviderEvent,
): Promise<ProviderEvent | null> {
  if (event.attemptId || !event.providerMessageId || (await findMessageOf(db, event))) return event;
  try {
    return { ...event, attemptId: await lists.attemptOf(event.providerMessageId) };
  } catch (error) {
    log.warn(
      { err: error, providerMessageId: event.providerMessageId },
      'a bounced message could not be asked about',
    );
    return null;
  }
}
