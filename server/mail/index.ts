import path from 'node:path';
import { type Logger, pino } from 'pino';
import { connect, type Db } from '../../db/connect.ts';
import { migrate } from '../../db/migrate.ts';
import { createCampaigns } from './campaigns.ts';
import { defaultTiming, type MailContext, type Timing } from './context.ts';
import { deliver, deliverDue } from './deliver.ts';
import { MailError } from './error.ts';
import { expandCampaigns } from './expansion.ts';
import { createHandOver } from './hand-over.ts';
import { safeLog } from './log.ts';
import { packageRoot } from './package-root.ts';
import { createApiTransport, postmarkClient } from './postmark/api-transport.ts';
import { createPostmarkBooks } from './postmark/books.ts';
import { readEvent } from './postmark/events.ts';
import { createPostmarkLookup } from './postmark/lookup.ts';
import { createPostmarkSmtpTransport } from './postmark/smtp-transport.ts';
import { previewOf } from './preview.ts';
import { receive } from './receive.ts';
import { reconcileNight } from './reconcile.ts';
import { readMailbox } from './rules/address.ts';
import { defaultRetry, type RetryPolicy } from './rules/retry.ts';
import { checkPolicy, defaultPolicy, type Lane, type Policy } from './rules/routing.ts';
import type { SendInput } from './rules/send-request.ts';
import type { SendOptions } from './send.ts';
import { send } from './send.ts';
import { sendBatch } from './send-batch.ts';
import { createSmtpTransport } from './smtp/transport.ts';
import { createConsent, createSuppressions } from './standing.ts';
import {
  countByState,
  findMessages,
  type MessageFilter,
  readContent,
  viewMessage,
} from './store/message-views.ts';
import { cancelMessage, retryMessage, stateOf } from './store/messages.ts';
import { purge } from './store/purge.ts';
import { listReconciliations } from './store/reconciliations.ts';
import { readTemplateFiles } from './template-files.ts';
import { createTemplates } from './templates.ts';
import { timelineOf } from './timeline.ts';
import type { Transport } from './transport.ts';
import { recoverLeases, resolveUnknowns } from './unknowns.ts';

/** What the module needs to know; `loadConfig` makes it from the environment. */
export interface MailConfig {
  databaseUrl: string;
  postmark: {
    token: string;
    apiUrl: string;
    /** With the credentials in it. */
    smtpUrl: string;
    /** Certificate to trust beside the system's, PEM. For a local Postmark. */
    smtpCa?: string;
  };
  /** Further SMTP providers by transport name. */
  smtp: Record<string, string>;
  /** Default sender, as a mailbox. */
  from: string;
  logLevel: string;
}

/** What a host or a test may put in place of our own. */
export interface MailDeps {
  log?: Logger;
  now?: () => Date;
  policy?: Policy;
  retry?: Partial<RetryPolicy>;
  timing?: Partial<Timing>;
  /** Folder of templates; our own set by default. */
  templates?: string;
  /** Additional or replacing transports, by their names. */
  transports?: readonly Transport[];
  poolSize?: number;
  /** False when the schema is brought up to date elsewhere. */
  migrate?: boolean;
}

/** The module, as the host's features, admins and jobs use it. */
export type Mail = Awaited<ReturnType<typeof createMail>>;

/** Opens the module: connects, migrates, publishes changed template files. Throws when one of them fails. */
export async function createMail(config: MailConfig, deps: MailDeps = {}) {
  const db = connect(config.databaseUrl, { poolSize: deps.poolSize ?? 10 });
  try {
    if (deps.migrate !== false) await migrate(db);
    const context = wire(config, deps, db);
    const changed = await context.templates.publish(await readTemplateFiles(deps.templates ?? ownTemplates));
    if (changed.length > 0) context.log.info({ templates: changed }, 'templates published');
    return mailOf(context, config);
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

const ownTemplates = path.join(packageRoot, 'templates');

function wire(config: MailConfig, deps: MailDeps, db: Db): MailContext {
  const now = deps.now ?? (() => new Date());
  const policy = deps.policy ?? defaultPolicy(readMailbox(config.from, 'from'));
  const transports = new Map(
    [
      createApiTransport({ token: config.postmark.token, url: config.postmark.apiUrl }),
      createPostmarkSmtpTransport({
        url: config.postmark.smtpUrl,
        ...(config.postmark.smtpCa && { ca: config.postmark.smtpCa }),
      }),
      ...Object.entries(config.smtp).map(([name, url]) => createSmtpTransport({ name, url })),
      ...(deps.transports ?? []),
    ].map(transport => [transport.name, transport]),
  );
  checkPolicy(policy, new Set(transports.keys()));
  const lookup = createPostmarkLookup(clientOf(config));
  return {
    db,
    now,
    policy,
    transports,
    log: safeLog(deps.log ?? pino({ level: config.logLevel })),
    retry: { ...defaultRetry, ...deps.retry },
    timing: { ...defaultTiming, ...deps.timing },
    templates: createTemplates(db, now),
    lookups: new Map(['postmark-api', 'postmark-smtp'].map(name => [name, lookup])),
  };
}

function clientOf({ postmark: { token, apiUrl } }: MailConfig) {
  return postmarkClient({ token, url: apiUrl });
}

function mailOf(context: MailContext, config: MailConfig) {
  const { db, now, templates, log, timing } = context;
  const handOver = createHandOver(claims => deliver(context, claims), log);
  const books = createPostmarkBooks(clientOf(config));
  let closed = false;

  const sendOne = (input: SendInput, options: SendOptions = {}) => {
    if (closed) throw new MailError('closed', 'The mail module has been closed.');
    return send(context, handOver, input, options);
  };

  const change = async (id: string, what: string, moved: Promise<boolean>): Promise<void> => {
    if (await moved) return;
    const state = await stateOf(db, id);
    if (!state) throw new MailError('unknown-message', 'There is no such message.', 'id');
    throw new MailError('wrong-state', `A message that is ${state} cannot be ${what}.`, 'state');
  };

  return {
    /** Accepts one message; see `SendInput` and `SendOptions`. Throws a MailError, and then nothing was stored. */
    send: async (input: SendInput, options: SendOptions = {}) => sendOne(input, options),
    /** Accepts many, each for itself. */
    sendBatch: (items: readonly SendInput[], options: SendOptions = {}) =>
      sendBatch(async (i, o) => sendOne(i, o), items, options),

    messages: {
      get: (id: string) => viewMessage(db, id),
      find: (filter: MessageFilter = {}) => findMessages(db, filter),
      /** Withdraws a message that has not left. Throws `wrong-state` when it is too late. */
      cancel: (id: string) => change(id, 'cancelled', cancelMessage(db, id, now())),
      /** Puts a failed, suppressed, cancelled or unknown message back into the queue. */
      retry: (id: string) => change(id, 'retried', retryMessage(db, id, now())),
      async timeline(id: string) {
        const message = await viewMessage(db, id);
        return message ? timelineOf(db, message) : [];
      },
      preview: (id: string) => previewOf(context, id),
      content: (id: string) => readContent(db, id),
      /** Messages by state, over everything. */
      countByState: () => countByState(db),
    },

    campaigns: createCampaigns(context),
    suppressions: createSuppressions(context),
    consent: createConsent(context),

    templates: {
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

    reconciliations: { list: () => listReconciliations(db) },

    /** What the worker's clock calls; each does all there is to do and may run in any number of processes at once. */
    work: {
      deliverDue: (lane: Lane, signal?: AbortSignal) => deliverDue(context, lane, signal),
      expandCampaigns: (signal?: AbortSignal) => expandCampaigns(context, signal),
      recoverLeases: () => recoverLeases(context),
      resolveUnknowns: (signal?: AbortSignal) => resolveUnknowns(context, signal),
      reconcileNight: () => reconcileNight(context, books),
      purge: () => purge(db, new Date(now().getTime() - timing.retentionMs)),
    },

    /** The pool, for the worker's scheduler, which keeps its jobs in the same database. */
    db,
    log,

    /** Finishes what is in hand, then closes connections. Sends after this are refused. */
    async close() {
      if (closed) return;
      closed = true;
      await handOver.idle();
      await Promise.all([...context.transports.values()].map(transport => transport.close()));
      await db.destroy();
    },
  };
}

export { MailError, type MailErrorCode } from './error.ts';
export { packageRoot } from './package-root.ts';
export { MalformedEvent } from './postmark/events.ts';
export { readMailbox } from './rules/address.ts';
export { defaultPolicy, type Lane, type Policy } from './rules/routing.ts';
export type { SendInput } from './rules/send-request.ts';
export { type MessageState, messageStates } from './rules/states.ts';
export type { SendOptions, SendResult } from './send.ts';
export type { BatchResult } from './send-batch.ts';
export type { Campaign, CampaignState } from './store/campaigns.ts';
export type { MessageFilter, MessagePage, MessageView } from './store/message-views.ts';
export type { TimelineEntry } from './timeline.ts';
export type { Envelope, Outcome, Transport } from './transport.ts';
