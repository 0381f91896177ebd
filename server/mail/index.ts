import path from 'node:path';
import { connect } from '../../db/connect.ts';
import { migrate } from '../../db/migrate.ts';
import { createAudit } from './audit.ts';
import { createAuthoring } from './authoring/index.ts';
import { createCampaigns } from './campaigns.ts';
import { createTemplateChecks } from './checks/index.ts';
import { warnOfClock } from './clocks.ts';
import { createConnections } from './connections.ts';
import { createConsent } from './consent.ts';
import type { MailContext } from './context.ts';
import { deliver, deliverDue } from './deliver.ts';
import { MailError } from './error.ts';
import { expandCampaigns } from './expansion.ts';
import { createHandOver } from './hand-over.ts';
import { createMessages } from './messages.ts';
import { createNumbers } from './numbers.ts';
import { packageRoot } from './package-root.ts';
import { createPostmarkBooks } from './postmark/books.ts';
import { readEvent } from './postmark/events.ts';
import { createPostmarkWebhooks } from './postmark/webhooks.ts';
import { receive } from './receive.ts';
import { reconcileNight } from './reconcile.ts';
import { createReconciliations } from './reconciliations.ts';
import { rollUp } from './roll-up.ts';
import { later } from './rules/later.ts';
import type { Lane } from './rules/routing.ts';
import type { SendInput } from './rules/send-request.ts';
import { createSend, type Send, type SendOptions } from './send.ts';
import { sendBatch } from './send-batch.ts';
import { purge } from './store/purge.ts';
import { createSuppressions } from './suppressions.ts';
import { recoverLeases, resolveUnknowns } from './unknowns.ts';
import { createWebhookPasswords } from './webhook-passwords.ts';
import { createWebhookSetup } from './webhook-setup.ts';
import { clientOf, type MailConfig, type MailDeps, wire } from './wiring.ts';

/** The module, as the host's features, admins and jobs use it. */
export type Mail = Awaited<ReturnType<typeof createMail>>;

/** Opens the module: connects, migrates, publishes changed template files. Throws when one of them fails. */
export async function createMail(config: MailConfig, deps: MailDeps = {}) {
  const db = connect(config.databaseUrl, { poolSize: deps.poolSize ?? 10 });
  try {
    if (deps.migrate !== false) await migrate(db);
    const context = wire(config, deps, db);
    await warnOfClock(context);
    const mail = mailOf(context, config, deps.templates ?? ownTemplates);
    const taken = deps.takeFiles === false ? [] : await mail.templates.files.take();
    if (taken.length > 0) context.log.info({ sources: taken }, 'template files published');
    return mail;
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

/** The template files that come with the package. */
export const ownTemplates = path.join(packageRoot, 'templates');

function mailOf(context: MailContext, config: MailConfig, folder: string) {
  const { db, now, templates, log, timing } = context;
  const handOver = createHandOver(claims => deliver(context, claims), log);
  const send = createSend(context, handOver);
  const client = clientOf(config);
  const books = createPostmarkBooks(client);
  const passwords = createWebhookPasswords(context);
  const checks = createTemplateChecks(context);
  let closed = false;

  const sendOne: Send = async (input, options) => {
    if (closed) throw new MailError('closed', 'The mail module has been closed.');
    return send(input, options);
  };

  return {
    /** Accepts one message; see `SendInput` and `SendOptions`. Throws a MailError, and then nothing was stored. */
    send: sendOne,
    /** Accepts many, each for itself. */
    sendBatch: (items: readonly SendInput[], options: SendOptions = {}) => sendBatch(sendOne, items, options),

    messages: createMessages(context),
    campaigns: createCampaigns(context),
    suppressions: createSuppressions(context, books),
    consent: createConsent(context),

    templates: {
      ...checks,
      ...createAuthoring(context, { folder, checks }),
      keys: () => templates.keys(),
      /** A template with its sample data, as it would be sent. */
      async sample(key: string, locale: string | null = null) {
        const template = await templates.published(key);
        return template.render(template.check(template.content.sample), { locale, unsubscribe: '#' });
      },
    },

    /**
     * Takes one body of Postmark's webhooks; resolves after its effects are committed. Throws `MalformedEvent` when it
     * is not what Postmark documents.
     */
    receivePostmark: (payload: unknown) => receive(context, readEvent(payload, now()), 'webhook'),

    audit: createAudit(context),
    reconciliations: createReconciliations(context),
    numbers: createNumbers(context),
    connections: createConnections(context),
    webhookPasswords: passwords,
    webhooks: createWebhookSetup(context, { provider: createPostmarkWebhooks(client), books, passwords }),

    /** What the worker's clock calls; each does all there is to do and may run in any number of processes at once. */
    work: {
      deliverDue: (lane: Lane, signal?: AbortSignal) => deliverDue(context, lane, signal),
      expandCampaigns: (signal?: AbortSignal) => expandCampaigns(context, signal),
      recoverLeases: () => recoverLeases(context),
      resolveUnknowns: (signal?: AbortSignal) => resolveUnknowns(context, signal),
      reconcileNight: () => reconcileNight(context, books),
      rollUp: (signal?: AbortSignal) => rollUp(context, signal),
      purge: () => purge(db, later(now(), -timing.retentionMs), now()),
    },

    /** The pool, for the worker's scheduler, which keeps its jobs in the same database. */
    db,
    log,

    /** Finishes what is in hand, then closes connections. Sends after this are refused. */
    async close() {
      if (closed) return;
      closed = true;
      await handOver.idle();
      await context.workshop.close();
      await Promise.all([...context.transports.values()].map(transport => transport.close()));
      await db.destroy();
    },
  };
}

export { type Attention, countedUpTo } from './attention.ts';
export type { AudienceResult, RecipientInput } from './audience.ts';
export * from './authoring/surface.ts';
export type { CampaignInput, CampaignPlan } from './campaigns.ts';
export type { PreviewCase, SavedCase } from './checks/cases.ts';
export { placeText, problemText, type RenderProblem } from './checks/outcome.ts';
export type { Preview, PreviewOptions } from './checks/preview.ts';
export type { Replay, ReplayResult } from './checks/replay.ts';
export type { TestResult, TestSend } from './checks/test-send.ts';
export type { ConnectionTest, ConnectionView, StreamView } from './connections.ts';
export { MailError, type MailErrorCode } from './error.ts';
export type { Series, StreamPoint } from './numbers.ts';
export { packageRoot } from './package-root.ts';
export { MalformedEvent } from './postmark/events.ts';
export { readMailbox } from './rules/address.ts';
export type { ContractSpec, FieldSpec } from './rules/contract.ts';
export { longestMeasuredMs } from './rules/latency.ts';
export type { Fault, FaultPart } from './rules/lint/fault.ts';
export { defaultPolicy, type Lane, type Policy } from './rules/routing.ts';
export type { SendInput } from './rules/send-request.ts';
export { type MessageState, messageStates } from './rules/states.ts';
export type { SendOptions, SendResult } from './send.ts';
export type { BatchResult } from './send-batch.ts';
export type { AuditEntry, AuditFilter, AuditPage, Change } from './store/audit.ts';
export type { CampaignResult } from './store/campaign-results.ts';
export type { Campaign, CampaignState } from './store/campaigns.ts';
export type { MessageFilter, MessagePage } from './store/message-search.ts';
export type { AttemptView, MessageView } from './store/message-views.ts';
export type { Reconciliation, Repair } from './store/reconciliations.ts';
export type { Suppression } from './store/suppressions.ts';
export type { TimelineEntry } from './timeline.ts';
export type { Envelope, Outcome, Transport } from './transport.ts';
export type { MailConfig, MailDeps } from './wiring.ts';
