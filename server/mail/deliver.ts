import type { MailContext } from './context.ts';
import { judge, type Verdict } from './rules/eligibility.ts';
import type { Rendered } from './rules/render.ts';
import { retryDelay } from './rules/retry.ts';
import { categoryPolicy, type Lane } from './rules/routing.ts';
import { readFiles } from './store/attachments.ts';
import { type Claim, claimDue, passGate } from './store/claims.ts';
import { consentKey, consentsOf } from './store/consents.ts';
import { type Loaded, loadClaimed } from './store/load.ts';
import { type Settlement, settle } from './store/settle.ts';
import { activeSuppressions, suppressionKey } from './store/suppressions.ts';
import type { AttachmentFile, Envelope, Outcome, Transport } from './transport.ts';
import { unsubscribePlaceholder } from './unsubscribe.ts';

/** How much of a lane is worked on at once. */
const lanes: Record<Lane, { page: number }> = {
  transactional: { page: 100 },
  bulk: { page: 250 },
};

/**
 * Delivers what is due in a lane, page by page, until nothing is or `signal` says stop. Returns how many messages it
 * took in hand. Any number of processes may do so at once.
 */
export async function deliverDue(context: MailContext, lane: Lane, signal?: AbortSignal): Promise<number> {
  const { db, now, timing } = context;
  let total = 0;
  while (!signal?.aborted) {
    const claims = await claimDue(db, {
      lane,
      limit: lanes[lane].page,
      now: now(),
      leaseEnd: later(now(), timing.sendLeaseMs),
    });
    if (claims.length === 0) break;
    await deliver(context, claims);
    total += claims.length;
  }
  return total;
}

/** One page of claimed messages: the pipeline, step by step. */
export async function deliver(context: MailContext, claims: readonly Claim[]): Promise<void> {
  const loaded = await loadClaimed(context.db, claims);
  const screened = await screen(context, loaded);
  const rendered = await render(context, screened);
  await Promise.all(
    byTransport(context, rendered).map(async ([transport, jobs]) => {
      for (const page of pages(jobs, transport.pageSize)) await handOver(context, transport, page);
    }),
  );
}

/** Hands over one transport's page: through the gate, over the network, into the books. */
async function handOver(context: MailContext, transport: Transport, jobs: readonly Job[]): Promise<void> {
  const { db, now, timing } = context;
  const leaseEnd = later(now(), timing.sendLeaseMs);
  const gated = await passGate(
    db,
    jobs.map(({ message }) => message.claim),
    { now: now(), leaseEnd },
  );
  const leases = new Map(gated.map(claim => [claim.messageId, claim]));
  const ours = jobs.flatMap(job => {
    const claim = leases.get(job.message.claim.messageId);
    return claim ? [{ ...job, message: { ...job.message, claim } }] : [];
  });
  if (ours.length === 0) return;
  const outcomes = await transport.send(ours.map(({ envelope }) => envelope));
  await settle(
    db,
    ours.map(({ message }, i) => settlement(context, message, outcomes[i] ?? missingOutcome)),
    now(),
  );
}

/** Suppression, consent and expiry for the whole page in two queries; what may not go out is settled here. */
async function screen(context: MailContext, loaded: readonly Loaded[]): Promise<Loaded[]> {
  const { db, now, policy } = context;
  const suppressed = await activeSuppressions(
    db,
    loaded.flatMap(message => addressesOf(message).map(address => ({ stream: message.stream, address }))),
  );
  const granted = await consentsOf(
    db,
    loaded.flatMap(({ topic, recipient }) =>
      topic ? [{ topic, address: recipient.email.toLowerCase() }] : [],
    ),
  );
  const refused: Settlement[] = [];
  const eligible = loaded.flatMap(message => {
    const address = message.recipient.email.toLowerCase();
    const verdict = judge({
      now: now(),
      expiresAt: message.expiresAt,
      suppression: suppressed.get(suppressionKey({ stream: message.stream, address })) ?? null,
      consent: message.topic ? categoryPolicy(policy, message.category).consent : 'none',
      granted: message.topic ? (granted.get(consentKey({ topic: message.topic, address })) ?? null) : null,
    });
    if (verdict.kind !== 'send') {
      refused.push(notSent(message, verdict));
      return [];
    }
    const allowed = ({ email }: { email: string }) =>
      !suppressed.has(suppressionKey({ stream: message.stream, address: email.toLowerCase() }));
    const { content } = message;
    // Postmark would drop suppressed copies without a word; leaving them out here keeps the books ours.
    return [
      {
        ...message,
        content: {
          ...content,
          to: content.to.filter(allowed),
          cc: content.cc.filter(allowed),
          bcc: content.bcc.filter(allowed),
        },
      },
    ];
  });
  await settle(db, refused, now());
  return eligible;
}

interface Job {
  message: Loaded;
  envelope: Envelope;
}

/** Each message from its pinned version; one that cannot be rendered fails alone. */
async function render(context: MailContext, loaded: readonly Loaded[]): Promise<Job[]> {
  const { db, now, templates } = context;
  const files = await readFiles(
    db,
    loaded.filter(one => one.hasAttachments).map(one => one.claim.messageId),
  );
  const failed: Settlement[] = [];
  const jobs: Job[] = [];
  for (const message of loaded) {
    try {
      if (message.purged) throw new Error('its content was purged');
      const template = await templates.version(message.templateVersionId);
      const data = message.campaignId ? template.complete(message.content.data) : message.content.data;
      const rendered = template.render(data, { locale: message.locale, unsubscribe: unsubscribePlaceholder });
      jobs.push({
        message,
        envelope: envelope(context, message, rendered, files.get(message.claim.messageId) ?? []),
      });
    } catch (error) {
      failed.push(
        notSent(message, { kind: 'failed', reason: `cannot be rendered: ${(error as Error).message}` }),
      );
    }
  }
  await settle(db, failed, now());
  return jobs;
}

function envelope(
  { policy }: MailContext,
  message: Loaded,
  rendered: Rendered,
  attachments: AttachmentFile[],
): Envelope {
  const { cc, bcc, replyTo, headers, metadata, to } = message.content;
  const [, ...copies] = to;
  return {
    attemptId: message.attemptId,
    stream: message.stream,
    from: categoryPolicy(policy, message.category).from ?? policy.from,
    to: message.recipient,
    cc: [...copies, ...cc],
    bcc,
    replyTo,
    ...rendered,
    headers,
    metadata,
    ...(message.tag === null ? {} : { tag: message.tag }),
    attachments,
  };
}

/** What an outcome means for the message. */
function settlement(context: MailContext, message: Loaded, outcome: Outcome): Settlement {
  const { timing, now } = context;
  const { claim } = message;
  const attempt = {
    id: message.attemptId,
    outcome: outcome.kind,
    code: outcome.code,
    answer: outcome.answer,
    providerMessageId: outcome.kind === 'accepted' ? outcome.providerMessageId : null,
  };
  switch (outcome.kind) {
    case 'accepted':
      return { claim, attempt, next: { state: 'sent' } };
    case 'rejected':
      return {
        claim,
        attempt,
        next: {
          state: outcome.inactive.includes(message.recipient.email.toLowerCase()) ? 'suppressed' : 'failed',
          reason: `${outcome.code}: ${outcome.answer}`,
        },
      };
    case 'deferred':
      return { claim, attempt, next: retryOrFail(context, message, outcome) };
    case 'unknown':
      return {
        claim,
        attempt,
        next: { state: 'unknown', dueAt: later(now(), timing.unknownGraceMs), reason: outcome.code },
      };
  }
}

function retryOrFail(
  { retry, now }: MailContext,
  message: Loaded,
  { code, retryAfterMs }: { code: string; retryAfterMs?: number },
): Settlement['next'] {
  const delay = retryDelay(retry, message.attempts, retryAfterMs);
  return delay === null
    ? { state: 'failed', reason: `gave up after ${message.attempts} attempts: ${code}` }
    : { state: 'queued', dueAt: later(now(), delay), reason: code };
}

function notSent(message: Loaded, verdict: Exclude<Verdict, { kind: 'send' }>): Settlement {
  return {
    claim: message.claim,
    attempt: {
      id: message.attemptId,
      outcome: 'skipped',
      code: verdict.kind,
      answer: verdict.reason,
      providerMessageId: null,
    },
    next: { state: verdict.kind, reason: verdict.reason },
  };
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

function addressesOf({ recipient, content: { to, cc, bcc } }: Loaded): string[] {
  return [...new Set([recipient, ...to, ...cc, ...bcc].map(({ email }) => email.toLowerCase()))];
}

function later(moment: Date, ms: number): Date {
  return new Date(moment.getTime() + ms);
}
