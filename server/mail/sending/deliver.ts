import type { MailContext } from '../context.ts';
import type { Outcome, Transport } from '../providers/transport.ts';
import type { Lane } from '../routing/policy.ts';
import { addMs } from '../shared/time.ts';
import { type Claim, claimDue, markHandedOver } from './claims-store.ts';
import { type Job, renderAll } from './envelopes.ts';
import { loadMessages } from './load-store.ts';
import { resultOf } from './outcomes.ts';
import { screen } from './screen.ts';
import { settle } from './settle-store.ts';
import { deferUnroutable, dropStopped } from './stops.ts';

/** How much of a lane is worked on at once: while one page is on the wire, the next is claimed and rendered. */
const lanes: Record<Lane, { page: number; pipelines: number }> = {
  transactional: { page: 100, pipelines: 2 },
  bulk: { page: 250, pipelines: 2 },
};

/**
 * Delivers what is due in a lane, page by page, until nothing is or `signal` says stop. Returns how many messages it
 * took in hand. Any number of processes may do so at once.
 */
export async function deliverDue(context: MailContext, lane: Lane, signal?: AbortSignal): Promise<number> {
  const { page, pipelines } = lanes[lane];
  const runs = Array.from({ length: pipelines }, () => deliverPages(context, lane, page, signal));
  // When one fails the others still have pages in hand: nobody is told before they are done.
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
  let total = 0;
  while (!signal?.aborted) {
    const leaseEnd = addMs(now(), timing.sendLeaseMs);
    const claims = await claimDue(db, { lane, limit, now: now(), leaseEnd });
    if (claims.length === 0) break;
    await deliver(context, claims);
    total += claims.length;
  }
  return total;
}

/** One page of claimed messages: the pipeline, step by step. */
export async function deliver(context: MailContext, claims: readonly Claim[]): Promise<void> {
  const loaded = (await loadMessages(context.db, claims)).filter(({ held }) => held);
  const going = await dropStopped(context, loaded);
  const routable = await deferUnroutable(context, going);
  const screened = await screen(context, routable);
  const rendered = await renderAll(context, screened);
  await Promise.all(
    byTransport(context, rendered).map(async ([transport, jobs]) => {
      for (const page of pages(jobs, transport.pageSize)) await handOver(context, transport, page);
    }),
  );
}

/** Hands over one transport's page: through the gate, over the network, into the books. */
async function handOver(context: MailContext, transport: Transport, jobs: readonly Job[]): Promise<void> {
  const { db, now, timing } = context;
  const leasedAt = now();
  const leaseEnd = addMs(leasedAt, timing.sendLeaseMs);
  const gated = await markHandedOver(
    db,
    jobs.map(({ message }) => message.claim),
    { now: leasedAt, leaseEnd },
  );
  const leases = new Map(gated.map(claim => [claim.messageId, claim]));
  const ours = jobs.flatMap(job => {
    const claim = leases.get(job.message.claim.messageId);
    return claim ? [{ ...job, message: { ...job.message, claim } }] : [];
  });
  if (ours.length === 0) return;
  // From the lease's own beginning: a gate that took long leaves less time to start, or none.
  const startBy = addMs(leasedAt, timing.sendLeaseMs / 3);
  const outcomes = await transport.send(
    ours.map(({ envelope }) => envelope),
    startBy.getTime() - now().getTime(),
  );
  await settle(
    db,
    ours.map(({ message }, i) => resultOf(context, message, outcomes[i] ?? missingOutcome)),
    now(),
  );
}

// A transport that breaks its contract has said nothing about this envelope.
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
