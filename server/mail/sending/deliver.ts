import { isFaultOfRow } from '../../../db/error-codes.ts';
import type { MailContext } from '../context.ts';
import { type LeftOut, recordLeftOut } from '../messages/left-out-store.ts';
import { raiseAlert } from '../monitoring/alerts.ts';
import { type MissingRoute, missingRoute } from '../monitoring/missing-routes.ts';
import type { Outcome, Transport } from '../providers/transport.ts';
import { notLearnt } from '../reconciliation/learn.ts';
import type { Lane } from '../routing/policy.ts';
import { addressKey } from '../shared/address.ts';
import { addMs } from '../shared/time.ts';
import { type Claim, claimDue, loadClaimed, type MessageToSend, markHandedOver } from './claims-store.ts';
import { filterEligible } from './eligibility.ts';
import { keepInactive } from './inactive.ts';
import { resultOf, withoutList, withoutRoute } from './outcome-effects.ts';
import { type Job, renderAll } from './render.ts';
import { type DeliveryResult, failClaimed, recordResults, stopClaimed } from './results-store.ts';

/** How much of a lane is worked on at once: while one page is being sent, the next is claimed and rendered. */
const lanes: Record<Lane, { page: number; pipelines: number }> = {
  transactional: { page: 100, pipelines: 2 },
  bulk: { page: 250, pipelines: 2 },
};

/**
 * Delivers what is due in a lane, page by page, until nothing is left or `signal` aborts. Returns how many messages it
 * claimed. Any number of processes may run it at once; mail of a server that this one does not have is left to the others.
 */
export async function deliverDue(context: MailContext, lane: Lane, signal?: AbortSignal): Promise<number> {
  const { page, pipelines } = lanes[lane];
  const runs = Array.from({ length: pipelines }, () => deliverPages(context, lane, page, signal));
  // When one fails, the others still have claimed pages: wait for them before rejecting.
  await Promise.allSettled(runs);
  return (await Promise.all(runs)).reduce((sum, total) => sum + total, 0);
}

async function deliverPages(
  context: MailContext,
  lane: Lane,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<number> {
  const { db, now, timing } = context;
  const transports = [...context.transports.keys()];
  let total = 0;
  while (!signal?.aborted) {
    const leaseEnd = addMs(now(), timing.sendLeaseMs);
    const claims = await claimDue(db, { lane, transports, limit, now: now(), leaseEnd });
    if (claims.length === 0) break;
    await deliver(context, claims);
    total += claims.length;
  }
  return total;
}

/**
 * Delivers claimed messages. One that cannot be worked on fails alone and keeps the reason; rejects only when the
 * database is at fault, and then the leases end by themselves.
 */
export async function deliver(context: MailContext, claims: readonly Claim[]): Promise<void> {
  try {
    await deliverPage(context, claims);
  } catch (error) {
    const [only] = claims;
    if (!only || !isFaultOfRow(error)) throw error;
    // Whatever was handed over has another lease by now, so that nothing goes out twice.
    if (claims.length > 1) for (const claim of claims) await deliver(context, [claim]);
    else await failAlone(context, only, error as Error);
  }
}

async function failAlone({ db, now, log }: MailContext, claim: Claim, error: Error): Promise<void> {
  log.error({ err: error, messageId: claim.messageId }, 'a message failed, for it cannot be worked on');
  await failClaimed(db, claim, `cannot be delivered: ${error.message}`, now());
}

/** One page of claimed messages: the pipeline, step by step. */
async function deliverPage(context: MailContext, claims: readonly Claim[]): Promise<void> {
  const loaded = await loadClaimed(context.db, claims);
  const going = await dropStopped(context, loaded);
  const routable = await deferUnroutable(context, going);
  const known = await deferUnlearnt(context, routable);
  const eligible = await filterEligible(context, known);
  const rendered = await renderAll(context, eligible);
  await Promise.all(
    byTransport(context, rendered).map(async ([transport, jobs]) => {
      const [together, alone] = [jobs.filter(isTrusted), jobs.filter(job => !isTrusted(job))];
      for (const page of [...pages(together, transport.pageSize), ...pages(alone, 1)])
        await handOver(context, transport, page);
    }),
  );
}

/**
 * Drops messages of campaigns that were paused or cancelled after they had queued, such as those a provider deferred
 * meanwhile: they are held or cancelled like the rest of their campaign.
 */
async function dropStopped(
  { db, now }: MailContext,
  loaded: readonly MessageToSend[],
): Promise<MessageToSend[]> {
  const isStopped = ({ campaignState }: MessageToSend) =>
    campaignState === 'paused' || campaignState === 'cancelled';
  await stopClaimed(db, loaded.filter(isStopped), now());
  return loaded.filter(message => !isStopped(message));
}

/**
 * Defers messages whose category or transport is not configured, and raises an alert at once; the others of the page go
 * on.
 */
async function deferUnroutable(
  context: MailContext,
  loaded: readonly MessageToSend[],
): Promise<MessageToSend[]> {
  const { db, now } = context;
  const routable: MessageToSend[] = [];
  const putOff: DeliveryResult[] = [];
  const missing = new Map<string, MissingRoute>();
  for (const message of loaded) {
    const { id, category, transport } = message;
    const found = missingRoute(context, { of: 'message', id, category, transport });
    if (!found) routable.push(message);
    else {
      missing.set(`${category} ${transport}`, found);
      putOff.push(withoutRoute(context, message, found.problem));
    }
  }
  for (const found of missing.values()) await raiseAlert(context, found);
  await recordResults(db, putOff, now());
  return routable;
}

/** Defers messages whose stream has suppressions that are not learnt yet. */
async function deferUnlearnt(
  context: MailContext,
  routable: readonly MessageToSend[],
): Promise<readonly MessageToSend[]> {
  const waiting = await notLearnt(context, routable);
  if (waiting.size === 0) return routable;
  const putOff = routable.filter(({ stream }) => waiting.has(stream));
  const results = putOff.map(message => withoutList(context, message, waiting.get(message.stream) ?? ''));
  await recordResults(context.db, results, context.now());
  return routable.filter(({ stream }) => !waiting.has(stream));
}

/** Hands over one transport's page: marked, sent over the network, its results recorded. */
async function handOver(context: MailContext, transport: Transport, jobs: readonly Job[]): Promise<void> {
  const { db, now, timing } = context;
  const leasedAt = now();
  const leaseEnd = addMs(leasedAt, timing.sendLeaseMs);
  const marked = await markHandedOver(
    db,
    jobs.map(({ message }) => message.claim),
    { now: leasedAt, leaseEnd },
  );
  const leases = new Map(marked.map(claim => [claim.messageId, claim]));
  const ours = jobs.flatMap(job => {
    const claim = leases.get(job.message.claim.messageId);
    return claim ? [{ ...job, message: { ...job.message, claim } }] : [];
  });
  if (ours.length === 0) return;
  // Counted from the beginning of the lease: if marking took long, less time is left to start, or none.
  const startBy = addMs(leasedAt, timing.sendLeaseMs / 3);
  const outcomes = await outcomesOf(context, transport, ours, startBy.getTime() - now().getTime());
  await recordResults(
    db,
    ours.map(({ message }, i) => resultOf(context, message, outcomes[i] ?? missingOutcome)),
    now(),
  );
  await recordLeftOut(
    db,
    ours.flatMap(({ message }, i) => droppedCopies(message, outcomes[i] ?? missingOutcome)),
  );
  for (const [i, { message }] of ours.entries())
    await keepInactive(context, transport, message, outcomes[i] ?? missingOutcome);
}

/** What the provider left out of a message that it accepted, beside what we had left out ourselves. */
function droppedCopies({ id, content, leftOut }: MessageToSend, outcome: Outcome): LeftOut[] {
  const inactive = outcome.kind === 'accepted' ? (outcome.inactive ?? []) : [];
  if (inactive.length === 0) return [];
  const copies = { to: content.to.slice(1), cc: content.cc, bcc: content.bcc };
  const reason = 'The provider does not mail it on this stream.';
  const dropped = (Object.keys(copies) as (keyof typeof copies)[]).flatMap(role =>
    copies[role]
      .map(({ email }) => addressKey(email))
      .filter(address => inactive.includes(address))
      .map(address => ({ role, address, reason })),
  );
  return dropped.length > 0 ? [{ messageId: id, copies: [...leftOut, ...dropped] }] : [];
}

/** The outcomes of a page; where the transport breaks its contract and throws, nothing is known of any of them. */
async function outcomesOf(
  { log }: MailContext,
  transport: Transport,
  jobs: readonly Job[],
  startWithinMs: number,
): Promise<readonly Outcome[]> {
  try {
    return await transport.send(
      jobs.map(({ envelope }) => envelope),
      startWithinMs,
    );
  } catch (error) {
    log.error({ err: error, transport: transport.name, messages: jobs.length }, 'a transport threw');
    return jobs.map(() => ({ kind: 'unknown', code: threw, answer: (error as Error).message }));
  }
}

const threw = 'transport-threw';

/** False for what was in a page that a transport threw at: it may have been the cause, and others are to go without it. */
function isTrusted({ message }: Job): boolean {
  return message.lastCode !== threw;
}

// A transport that broke its contract: nothing is known about this envelope.
const missingOutcome: Outcome = {
  kind: 'unknown',
  code: 'no-outcome',
  answer: 'The transport gave no outcome.',
};

function byTransport({ transports }: MailContext, jobs: readonly Job[]): [Transport, Job[]][] {
  const names = [...new Set(jobs.map(({ message }) => message.transport))];
  return names.map(name => {
    const transport = transports.get(name);
    if (!transport) throw new Error(`No transport is named ${name}.`);
    return [transport, jobs.filter(({ message }) => message.transport === name)];
  });
}

function pages<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) =>
    items.slice(i * size, (i + 1) * size),
  );
}
