import path from 'node:path';
import { connect } from '../../db/connect.ts';
import { checkSchema, migrate } from '../../db/migrate.ts';
import type { Mail } from './api.ts';
import { createCampaigns } from './campaigns/campaigns.ts';
import { expandCampaigns } from './campaigns/expand.ts';
import { carryConfig } from './carried-config.ts';
import type { MailContext } from './context.ts';
import { MailError } from './error.ts';
import { receive } from './events/receive.ts';
import { createWebhookPasswords } from './events/webhook-passwords.ts';
import { createWebhookSetup } from './events/webhook-setup.ts';
import { joinInstances } from './instances/join.ts';
import { createMessages } from './messages/messages.ts';
import { purgeExpired } from './messages/purge.ts';
import { rollUp } from './monitoring/roll-up.ts';
import { createMonitoring } from './monitoring/series.ts';
import { createConsent } from './people/consent.ts';
import { createSuppressions } from './people/suppressions.ts';
import { createReconciliations, reconcile } from './reconciliation/reconcile.ts';
import { createConnections } from './routing/connections.ts';
import { createSend, type Send, sendBatch } from './sending/accept.ts';
import { deliver, deliverDue } from './sending/deliver.ts';
import { createInlineQueue } from './sending/inline-queue.ts';
import { recoverLeases, resolveUnknowns } from './sending/unknowns.ts';
import { createAudit } from './shared/audit.ts';
import { warnOnClockSkew } from './shared/clock-skew.ts';
import { createAuthoring, createTemplateChecks } from './templates/index.ts';
import { type MailConfig, type MailDeps, wire } from './wiring.ts';

/** Opens the module: connects and migrates. Throws when one of them fails. Template files are published by a push alone. */
export async function createMail(config: MailConfig, deps: MailDeps = {}): Promise<Mail> {
  const db = deps.db ?? connect(config.database, { poolSize: deps.poolSize });
  const releaseDb = async () => void (deps.db ? null : await db.destroy());
  try {
    await (config.migrate === false ? checkSchema(db) : migrate(db));
    const context = wire(config, deps, db);
    await warnOnClockSkew(context, deps.machineClock ?? context.now);
    const membership = await joinInstances(context, deps.role ?? 'app');
    const release = async () => {
      await membership.leave();
      await releaseDb();
    };
    const folder = path.resolve(config.templates ?? 'templates');
    return carryConfig(mailOf(context, folder, release), config);
  } catch (error) {
    await releaseDb();
    throw error;
  }
}

function mailOf(context: MailContext, folder: string, release: () => Promise<void>): Mail {
  const { db, now, templates, log, providers } = context;
  const queue = createInlineQueue(claims => deliver(context, claims), log);
  const send = createSend(context, queue);
  const passwords = createWebhookPasswords(context);
  const checks = createTemplateChecks(context);
  let closed = false;

  const sendOne: Send = async (input, options) => {
    if (closed) throw new MailError('closed', 'The mail module has been closed.');
    return send(input, options);
  };

  return {
    send: sendOne,
    sendBatch: (items, options = {}) => sendBatch(sendOne, items, options),

    messages: createMessages(context),
    campaigns: createCampaigns(context),
    suppressions: createSuppressions(context),
    consent: createConsent(context),

    templates: {
      ...checks,
      ...createAuthoring(context, { folder, checks }),
      keys: () => templates.keys(),
      async sample(key, locale = null) {
        const template = await templates.published(key);
        return template.render(template.check(template.content.sample), { locale, unsubscribe: '#' });
      },
    },

    async receive(provider, payload) {
      const reader = providers.find(provider)?.events;
      if (!reader) throw new MailError('invalid-input', `Nothing comes from ${provider} here.`, 'provider');
      return receive(context, provider, reader.read(payload, now()), 'webhook');
    },

    providers: {
      names: providers.names,
      describeBounce: providers.describeBounce,
      describeSuppression: providers.describeSuppression,
    },

    audit: createAudit(context),
    reconciliations: createReconciliations(context),
    monitoring: createMonitoring(context),
    connections: createConnections(context),
    webhookPasswords: passwords,
    webhooks: createWebhookSetup(context, passwords),

    work: {
      deliverDue: (lane, signal) => deliverDue(context, lane, signal),
      expandCampaigns: signal => expandCampaigns(context, signal),
      recoverLeases: () => recoverLeases(context),
      resolveUnknowns: signal => resolveUnknowns(context, signal),
      reconcile: () => reconcile(context),
      rollUp: signal => rollUp(context, signal),
      purge: () => purgeExpired(context),
    },

    log,

    async ping() {
      await db.raw('SELECT 1');
    },

    async close() {
      if (closed) return;
      closed = true;
      await queue.idle();
      await context.renderPool.close();
      await Promise.all([...context.transports.values()].map(transport => transport.close()));
      await release();
    },
  };
}

export type { Mail, MailTemplates, ProviderWords, Work } from './api.ts';
export type {
  CampaignDetails,
  CampaignFields,
  CampaignFilter,
  CampaignInput,
  CampaignPlan,
  Campaigns,
} from './campaigns/api.ts';
export type { AudienceOptions, AudienceResult } from './campaigns/audience.ts';
export type { Campaign } from './campaigns/campaigns-store.ts';
export type { RecipientInput, Recipients } from './campaigns/input.ts';
export type { Progress } from './campaigns/progress.ts';
export type { CampaignResult } from './campaigns/results-store.ts';
export type { CampaignAction, CampaignState } from './campaigns/states.ts';
export { carriedConfig } from './carried-config.ts';
export { MailError, type MailErrorCode } from './error.ts';
export type { EventView } from './events/events-store.ts';
export type { Received } from './events/receive.ts';
export type { NewWebhookPassword, WebhookPasswords } from './events/webhook-passwords.ts';
export type { WebhookPassword } from './events/webhook-passwords-store.ts';
export type { WebhookCheck, WebhookProvider, WebhookSetUp, WebhookSetup } from './events/webhook-setup.ts';
export type { WebhookStatus } from './events/webhook-status.ts';
export type { MessageAction } from './messages/actions.ts';
export type { MessageDetails, Messages } from './messages/api.ts';
export type { Explanation } from './messages/explain.ts';
export type { MessageFilter } from './messages/filter.ts';
export type { LeftOutCopy } from './messages/left-out-store.ts';
export type { MessageContent } from './messages/load-store.ts';
export type { MessagePage } from './messages/search-store.ts';
export { type MessageState, messageStates } from './messages/states.ts';
export type { TimelineEntry } from './messages/timeline.ts';
export type { AttemptView, MessageView } from './messages/views-store.ts';
export { type Alert, countedUpTo } from './monitoring/alerts.ts';
export { longestMeasuredMs } from './monitoring/hourly-store.ts';
export type { Queue } from './monitoring/queue.ts';
export type { Monitoring, Series, StreamPoint, TemplateCounts } from './monitoring/series.ts';
export { type PostlaneFields, postlaneFields } from './nodemailer/fields.ts';
export type { PostlaneSendError } from './nodemailer/send-error.ts';
export {
  type NodemailerMail,
  type PostlaneSentInfo,
  type PostlaneTransport,
  type PostlaneTransportOptions,
  postlaneTransport,
} from './nodemailer/transport.ts';
export type { ConsentStatement, Consents, SuppressionEvidence, Suppressions } from './people/api.ts';
export type { Consent } from './people/consent-store.ts';
export type { Suppression, SuppressionFilter, SuppressionPage } from './people/suppressions-store.ts';
export { type BounceMeaning, type EventKind, eventKinds, MalformedEvent } from './providers/event.ts';
export type { Provider } from './providers/provider.ts';
export type { AttachmentFile, Envelope, Mailbox, Outcome, Transport } from './providers/transport.ts';
export type { ReconciliationDetails, Reconciliations } from './reconciliation/reconcile.ts';
export type { ReconciliationRun, Repair } from './reconciliation/reconciliations-store.ts';
export type {
  CategoryView,
  Connections,
  ConnectionTest,
  ConnectionView,
  PolicyView,
  StreamView,
} from './routing/connections.ts';
export type { CategoryPolicy, Lane, Policy, WeightedRoute } from './routing/policy.ts';
export { type CategoryOptions, type PolicyOptions, policySchema } from './routing/policy-options.ts';
export type { BatchResult, Send, SendOptions, SendResult } from './sending/accept.ts';
export type { Decision } from './sending/eligibility.ts';
export type {
  AttachmentInput,
  ComposedInput,
  ComposedSend,
  SendFields,
  SendInput,
  TemplateSend,
} from './sending/input.ts';
export { type MailboxInput, readMailbox } from './shared/address.ts';
export type { Audit } from './shared/audit.ts';
export { type AuditAction, auditActions, isAuditAction } from './shared/audit-actions.ts';
export type { Actor, AuditEntry, AuditFilter, AuditPage, Change } from './shared/audit-store.ts';
export type { ChangeOptions } from './shared/change.ts';
export { faultText, nearestName } from './shared/joi.ts';
export type { Log, Logger } from './shared/log.ts';
export { builtFile, isBuilt, packageRoot } from './shared/package-root.ts';
export {
  type Authoring,
  brandKey,
  type CampaignTemplateInput,
  type Candidate,
  type Cause,
  type Conflict,
  type ContractRow,
  type ContractSpec,
  canonicalLocale,
  contractToRows,
  type DiffHunk,
  type DiffLine,
  type Draft,
  type FieldSpec,
  type FieldType,
  type FileDifference,
  type FileState,
  helperDocs,
  type Issue,
  type IssuePart,
  issueText,
  noLayout,
  type PartDiff,
  type Preview,
  type PreviewOptions,
  type Publication,
  type PublishedTemplate,
  type PublishOptions,
  positionText,
  type Rendered,
  type Replay,
  type ReplayResult,
  rowsToContract,
  type SampleData,
  type SampleDataInput,
  type Saved,
  type Source,
  type SourceDiff,
  type SourceKind,
  type SourceParts,
  type SourcePosition,
  type SourceRef,
  type SourceSummary,
  type SourceVersion,
  type SourceView,
  type SyncResult,
  sourceKinds,
  sourceName,
  type TemplateChecks,
  type TemplateContent,
  type TemplateInput,
  type TemplateIssue,
  type TemplateParts,
  type TemplateSource,
  type TestResult,
  type TestSend,
  type Topic,
  type VersionPick,
  type VersionSummary,
  withLocale,
  withoutLocale,
  writeTemplateTypes,
} from './templates/index.ts';
export { defaultPolicy, type MailConfig, type MailDeps } from './wiring.ts';
