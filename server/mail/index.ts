export { type TransactionAdapter, transactionAdapter } from '../../db/host/adapter.ts';
export type { CallerTransaction, KnexTransaction } from '../../db/host/transaction.ts';
export type { Mail, ProviderWords, RenderInput, Work } from './api.ts';
export type {
  ApprovalHandler,
  Approvals,
  Claim,
  NewApproval,
  PublicationRequest,
} from './approvals/api.ts';
export type { Approval, ApprovalFilter, Decider } from './approvals/approvals-store.ts';
export { type ApprovalState, type SecondPersonAction, secondPersonActions } from './approvals/states.ts';
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
export { carriedConfig, carryOn } from './carried-config.ts';
export { createMail } from './create-mail.ts';
export { MailError, type MailErrorCode } from './error.ts';
export type { EventView } from './events/events-store.ts';
export type { Received } from './events/receive.ts';
export type { Events, UnmatchedCounts } from './events/unmatched.ts';
export type { UnmatchedEvent, UnmatchedFilter } from './events/unmatched-store.ts';
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
export { guidOf, type TrackedIds, type TrackedMessages } from './messages/tracked.ts';
export type { AttemptView, MessageView } from './messages/views-store.ts';
export { type Alert, countedUpTo } from './monitoring/alerts.ts';
export type { Health } from './monitoring/health.ts';
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
export type {
  ImportedSuppression,
  Lifted,
  NewSuppression,
  SuppressionEvidence,
  SuppressionImport,
  SuppressionImportOptions,
  Suppressions,
  SuppressionTarget,
} from './people/api.ts';
export type {
  ConfirmationState,
  ConsentStatement,
  Consents,
  LinkRecipient,
  PreferenceChange,
  PreferenceOptions,
  Preferences,
  PreferencesSet,
  Recorded,
  TopicPreference,
} from './people/consent-api.ts';
export type { Consent, ConsentChange, ConsentSource } from './people/consent-records.ts';
export type {
  AddressQuality,
  MailAnswer,
  Moment,
  People,
  PersonEvents,
  PersonPage,
  PersonView,
  Refusal,
} from './people/person-view.ts';
export type { SuppressionClass, SuppressionScope, SuppressionSource } from './people/suppression.ts';
export type { RecordedChange } from './people/suppression-changes-store.ts';
export type { SuppressionFilter, SuppressionPage } from './people/suppression-lists-store.ts';
export type { Suppression } from './people/suppressions-store.ts';
export { type BounceMeaning, type EventKind, eventKinds, MalformedEvent } from './providers/event.ts';
export type { Provider } from './providers/provider.ts';
export type { AttachmentFile, Envelope, Mailbox, Outcome, Transport } from './providers/transport.ts';
export type { UnsubscribeMode } from './providers/unsubscribe-mode.ts';
export type { AcceptedServer } from './reconciliation/provider-servers.ts';
export type { ReconciliationDetails, Reconciliations } from './reconciliation/reconcile.ts';
export type { ReconciliationRun, Repair } from './reconciliation/reconciliations-store.ts';
export type { Branding, BrandOptions } from './routing/brands.ts';
export type {
  BrandView,
  CategoryView,
  Connections,
  ConnectionTest,
  ConnectionView,
  PolicyView,
  StreamView,
} from './routing/connections.ts';
export type { CategoryPolicy, Lane, Policy, WeightedRoute } from './routing/policy.ts';
export { type CategoryOptions, type PolicyOptions, policySchema } from './routing/policy-options.ts';
export type { UnsubscribeFault } from './routing/unsubscribe-faults.ts';
export { type UnsubscribeOptions, unsubscribeSchema } from './routing/unsubscribing.ts';
export type { SecurityEvent, SecurityEvents } from './security/security.ts';
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
export { type AuditAction, auditActions, isAuditAction, type SecurityKind } from './shared/audit-actions.ts';
export type { Actor, AuditEntry, AuditFilter, AuditPage, Change } from './shared/audit-store.ts';
export type { ChangeOptions } from './shared/change.ts';
export { faultText, nearestName } from './shared/joi.ts';
export type { Log, Logger } from './shared/log.ts';
export { builtFile, isBuilt, packageRoot } from './shared/package-root.ts';
export { topicSchema } from './shared/schemas.ts';
export { workInTurns } from './shared/turns.ts';
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
  jsonExcess,
  type MailTemplates,
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
export type { TopicOptions, TopicsApi } from './topics/api.ts';
export type { RegisteredTopic, TopicConsent, TopicSettings, TopicWords } from './topics/topic.ts';
export type { TopicCounts } from './topics/topics-store.ts';
export { defaultPolicy, type MailConfig, type MailDeps } from './wiring.ts';
