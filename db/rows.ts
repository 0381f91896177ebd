// What the tables of schema.sql hold, as mysql2 gives it: written by "npm run schema", and compared by the tests.

export interface AccountRecoveryCodesRow {
  account_id: string;
  code_hash: string;
  used_at: Date | null;
}

export interface AccountSessionsRow {
  id: string;
  token_hash: string;
  account_id: string;
  browser: string;
  created_at: Date;
  seen_at: Date;
  ended_at: Date | null;
  address: string | null;
  confirmed_at: Date | null;
}

export interface AccountTokensRow {
  token_hash: string;
  account_id: string;
  purpose: string;
  created_at: Date;
  expires_at: Date;
  used_at: Date | null;
}

export interface AccountsRow {
  id: string;
  email: string;
  name: string;
  role: string;
  password: string | null;
  totp_secret: string | null;
  totp_new: string | null;
  totp_step: number | string | null;
  created_at: Date;
  seen_at: Date | null;
  disabled_at: Date | null;
}

export interface AlertsRow {
  id: number | string;
  kind: string;
  subject: string;
  open: number | null;
  evidence: string;
  raised_at: Date;
  resolved_at: Date | null;
}

export interface ApprovalsRow {
  id: string;
  action: string;
  subject: string;
  state: string;
  open_subject: string | null;
  request: string;
  seen: string;
  fingerprint: string;
  prepared_by: string;
  requested_by: string;
  requested_name: string | null;
  requested_at: Date;
  expires_at: Date;
  decided_by: string | null;
  decided_name: string | null;
  decided_at: Date | null;
  reason: string | null;
}

export interface AttachmentsRow {
  hash: string;
  size: number;
  content: Buffer;
  used_at: Date;
}

export interface AttemptsRow {
  id: string;
  message_id: string;
  number: number;
  stream: string;
  transport: string;
  outcome: string | null;
  code: string | null;
  answer: string | null;
  provider_message_id: string | null;
  created_at: Date;
  handed_at: Date | null;
  settled_at: Date | null;
}

export interface AuditEntriesRow {
  id: number | string;
  at: Date;
  changed_by: string;
  action: string;
  subject: string;
  before_change: string | null;
  after_change: string | null;
}

export interface CampaignProgressRow {
  campaign_id: string;
  settled: number | string;
  progressed_at: Date;
  by_state: string | null;
}

export interface CampaignRecipientsRow {
  position: number | string;
  campaign_id: string;
  address: string;
  name: string | null;
  data: string | null;
  locale: string | null;
  metadata: string | null;
  reply_to: string | null;
}

export interface CampaignsRow {
  id: string;
  name: string;
  state: string;
  template_version_id: number;
  category: string;
  topic: string | null;
  data: string;
  tag: string | null;
  send_at: Date | null;
  audience: number | null;
  expanded_to: number | string;
  created_at: Date;
  launched_at: Date | null;
  finished_at: Date | null;
  brand: string | null;
  branding: string | null;
}

export interface ConsentChangesRow {
  id: number | string;
  address: string;
  scope: string;
  topic: string;
  granted: number;
  pending: number;
  source: string;
  evidence: string | null;
  wording: string | null;
  locale: string | null;
  said_at: Date;
  recorded_at: Date;
  recorded_by: string | null;
}

export interface ConsentConfirmationsRow {
  topic: string;
  address: string;
  link_id: string;
  source: string;
  evidence: string | null;
  wording: string | null;
  locale: string | null;
  asked_at: Date;
  mailed_at: Date;
  expires_at: Date;
  confirmed_at: Date | null;
}

export interface ConsentsRow {
  topic: string;
  address: string;
  granted: number;
  evidence: string | null;
  changed_at: Date;
  source: string;
}

export interface CursorsRow {
  name: string;
  position: number | string;
  updated_at: Date;
}

export interface DirtyHoursRow {
  hour: Date;
  changed_at: Date;
  counted_at: Date | null;
  messages: number;
  open: number;
}

export interface EventsRow {
  id: number | string;
  fact_key: string;
  kind: string;
  source: string;
  message_id: string | null;
  attempt_id: string | null;
  provider_message_id: string | null;
  stream: string | null;
  recipient: string | null;
  occurred_at: Date;
  received_at: Date;
  details: string;
  raw: string | null;
  raw_marks: string | null;
}

export interface HourlyMessageStatsRow {
  hour: Date;
  stream: string;
  template: string;
  accepted: number;
  sent: number;
  delivered: number;
  bounced: number;
  complained: number;
  suppressed: number;
  failed: number;
  unknown: number;
  open: number;
  opened: number;
  clicked: number;
  within_1s: number;
  within_5s: number;
  within_30s: number;
  within_2m: number;
  within_10m: number;
  within_1h: number;
  measured: number;
}

export interface HourlyQueueAgesRow {
  hour: Date;
  stream: string;
  age_ms: number | string;
}

export interface IdempotencyKeysRow {
  scope: string;
  idempotency_key: string;
  request: string;
  answer: string | null;
  created_at: Date;
}

export interface InstancesRow {
  id: string;
  role: string;
  host: string;
  pid: number;
  policy_version: number;
  fingerprint: string;
  configuration: string;
  servers: string;
  findings: string;
  started_at: Date;
  seen_at: Date;
  stopped_at: Date | null;
}

export interface LearntStreamsRow {
  provider: string;
  token_hash: string;
  stream: string;
  learnt_at: Date;
}

export interface MessageAttachmentsRow {
  message_id: string;
  position: number;
  hash: string;
  name: string;
  content_type: string;
  content_id: string | null;
}

export interface MessageContentsRow {
  message_id: string;
  content: string;
  left_out: string | null;
}

export interface MessageMetadataRow {
  message_id: string;
  name: string;
  value: string;
}

export interface MessagesRow {
  id: string;
  state: string;
  lane: string;
  due_at: Date | null;
  lease: string | null;
  attempt_count: number;
  category: string;
  stream: string;
  transport: string;
  bucket: number;
  policy_version: number;
  template_version_id: number | null;
  campaign_id: string | null;
  topic: string | null;
  recipient: string;
  recipient_name: string | null;
  locale: string | null;
  tag: string | null;
  tag_start: string | null;
  reason: string | null;
  idempotency_key: string | null;
  fingerprint: string | null;
  expires_at: Date | null;
  created_at: Date;
  sent_at: Date | null;
  delivered_at: Date | null;
  bounced_at: Date | null;
  complained_at: Date | null;
  suppressed_at: Date | null;
  failed_at: Date | null;
  unknown_at: Date | null;
  cancelled_at: Date | null;
  opened_at: Date | null;
  clicked_at: Date | null;
  subject: string | null;
  confidential: number;
  brand: string | null;
  idempotency_scope: string;
  deferred_at: Date | null;
  deferral: string | null;
  soft_bounces: number;
}

export interface ProviderServersRow {
  provider: string;
  server_id: string;
  accepted_at: Date;
  accepted_by: string | null;
}

export interface PublishedRevisionRow {
  id: number;
  revision: number;
}

export interface ReconciliationsRow {
  id: number | string;
  day: Date;
  stream: string;
  started_at: Date;
  finished_at: Date | null;
  bounces_seen: number;
  bounces_repaired: number;
  suppressions_seen: number;
  suppressions_repaired: number;
  problem: string | null;
}

export interface SampleDataRow {
  id: string;
  template: string;
  name: string;
  locale: string | null;
  data: string;
  changed_by: string;
  changed_at: Date;
}

export interface SecurityCountsRow {
  window_start: Date;
  kind: string;
  source: string;
  events: number;
  seen_at: Date;
  audit_entry: number | string | null;
}

export interface SignInFailuresRow {
  subject: string;
  failures: number;
  failed_at: Date;
  locked_until: Date | null;
}

export interface SuppressionChangesRow {
  id: number | string;
  address: string;
  scope: string;
  stream: string;
  topic: string;
  source: string;
  class: string;
  active: number;
  reason: string;
  origin: string;
  event_id: number | string | null;
  note: string | null;
  changed_by: string | null;
  dated_at: Date | null;
  recorded_at: Date;
  expires_at: Date | null;
}

export interface SuppressionFencesRow {
  address: string;
  stream: string;
  known_to: Date | null;
  fenced_to: Date | null;
  unlisted_to: Date | null;
  lifted_to: Date | null;
  released_to: Date | null;
}

export interface SuppressionsRow {
  stream: string;
  address: string;
  active: number;
  reason: string;
  origin: string;
  event_id: number | string | null;
  note: string | null;
  changed_at: Date;
  scope: string;
  topic: string;
  source: string;
  class: string;
  reported: number;
  dated_at: Date | null;
  fact_key: string | null;
  reaches: string | null;
  changed_by: string | null;
  recorded_at: Date | null;
  offer: string | null;
  expires_at: Date | null;
}

export interface TemplateSourceVersionsRow {
  kind: string;
  source_key: string;
  version: number;
  content_hash: string;
  content: string;
  message: string;
  cause: string;
  published_by: string;
  published_at: Date;
}

export interface TemplateSourcesRow {
  kind: string;
  source_key: string;
  version: number | null;
  revision: number;
  draft: string | null;
  draft_base: number | null;
  draft_at: Date | null;
  draft_by: string | null;
  file_version: number | null;
  created_at: Date;
  draft_authors: string | null;
}

export interface TemplateVersionsRow {
  id: number;
  template: string;
  version: number;
  category: string;
  content_hash: string;
  content: string;
  published: number | null;
  created_at: Date;
}

export interface TestSendersRow {
  person: string;
}

export interface TopicsRow {
  topic: string;
  name: string;
  description: string;
  translations: string;
  consent: string;
  streams: string | null;
  double_opt_in: number;
  shown: number;
  position: number;
  archived_at: Date | null;
  changed_at: Date;
  changed_by: string | null;
}

export interface UnmatchedEventsRow {
  event_id: number | string;
  provider: string;
  kind: string;
  has_faults: number;
  faults: string | null;
  received_at: Date;
  provider_message_id: string | null;
}

export interface WebhookPasswordsRow {
  id: number;
  user: string;
  hash: string;
  created_at: Date;
  created_by: string;
  used_at: Date | null;
}
