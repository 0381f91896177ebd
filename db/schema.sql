-- The tables as the migrations make them: written by "npm run schema", and compared by the tests.
-- On MySQL, utf8mb4_nopad_bin is called utf8mb4_0900_bin.

CREATE TABLE postlane_account_recovery_codes (
  account_id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  code_hash char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  used_at datetime(3),
  PRIMARY KEY (account_id, code_hash),
  CONSTRAINT postlane_account_recovery_codes_ibfk_1 FOREIGN KEY (account_id) REFERENCES postlane_accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_account_sessions (
  id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  token_hash char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account_id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  browser varchar(200) NOT NULL,
  created_at datetime(3) NOT NULL,
  seen_at datetime(3) NOT NULL,
  ended_at datetime(3),
  address varchar(64),
  confirmed_at datetime(3),
  PRIMARY KEY (id),
  UNIQUE KEY account_sessions_token (token_hash),
  KEY account_sessions_account (account_id, seen_at),
  KEY account_sessions_seen (seen_at),
  CONSTRAINT postlane_account_sessions_ibfk_1 FOREIGN KEY (account_id) REFERENCES postlane_accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_account_tokens (
  token_hash char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  account_id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  purpose varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at datetime(3) NOT NULL,
  expires_at datetime(3) NOT NULL,
  used_at datetime(3),
  PRIMARY KEY (token_hash),
  KEY account_tokens_account (account_id, purpose),
  KEY account_tokens_expiry (expires_at),
  CONSTRAINT postlane_account_tokens_ibfk_1 FOREIGN KEY (account_id) REFERENCES postlane_accounts (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_accounts (
  id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  email varchar(254) NOT NULL,
  name varchar(200) NOT NULL,
  role varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  password varchar(255) CHARACTER SET ascii COLLATE ascii_bin,
  totp_secret varchar(255) CHARACTER SET ascii COLLATE ascii_bin,
  totp_new varchar(255) CHARACTER SET ascii COLLATE ascii_bin,
  totp_step bigint unsigned,
  created_at datetime(3) NOT NULL,
  seen_at datetime(3),
  disabled_at datetime(3),
  PRIMARY KEY (id),
  UNIQUE KEY accounts_email (email)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_agenda_jobs (
  id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name varchar(255) COLLATE utf8mb4_nopad_bin NOT NULL,
  type varchar(16) NOT NULL,
  priority int NOT NULL,
  sort_priority int NOT NULL,
  disabled tinyint NOT NULL DEFAULT 0,
  next_run_at datetime(3),
  locked_at datetime(3),
  last_run_at datetime(3),
  last_finished_at datetime(3),
  failed_at datetime(3),
  fail_count int,
  fail_reason text,
  progress double,
  repeat_interval varchar(255),
  repeat_timezone varchar(64),
  repeat_at varchar(255),
  start_date datetime(3),
  end_date datetime(3),
  skip_days varchar(32),
  fork tinyint,
  debounce_started_at datetime(3),
  last_modified_by varchar(255),
  data longtext,
  unique_key binary(32),
  lock_seq int unsigned NOT NULL DEFAULT 0,
  schedule_seq int unsigned NOT NULL DEFAULT 0,
  started tinyint NOT NULL DEFAULT 0,
  expired_count int unsigned NOT NULL DEFAULT 0,
  rev int unsigned NOT NULL DEFAULT 0,
  outcome tinyint GENERATED ALWAYS AS (case when failed_at is not null and (last_finished_at is null or failed_at >= last_finished_at) then 1 when repeat_interval is not null and repeat_interval not in ('""', '0', 'null') then 2 else 0 end) STORED,
  PRIMARY KEY (id),
  UNIQUE KEY postlane_agenda_jobs_unique (unique_key),
  KEY postlane_agenda_jobs_claim (name, disabled, locked_at, next_run_at, sort_priority, outcome),
  KEY postlane_agenda_jobs_next (next_run_at, last_run_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC COMMENT='Agenda jobs, schema 2';

CREATE TABLE postlane_agenda_logs (
  id bigint unsigned NOT NULL AUTO_INCREMENT,
  logged_at datetime(3) NOT NULL,
  level varchar(8) NOT NULL,
  event varchar(16) NOT NULL,
  job_id varchar(255),
  job_name varchar(255) COLLATE utf8mb4_nopad_bin NOT NULL,
  message text NOT NULL,
  duration double,
  error text,
  fail_count int,
  retry_delay double,
  retry_attempt int,
  agenda_name varchar(255),
  meta text,
  PRIMARY KEY (id),
  KEY postlane_agenda_logs_at (logged_at),
  KEY postlane_agenda_logs_job (job_id, logged_at),
  KEY postlane_agenda_logs_name (job_name, logged_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_agenda_signals (
  id bigint unsigned NOT NULL AUTO_INCREMENT,
  kind varchar(8) NOT NULL,
  origin char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  payload text NOT NULL,
  created_at datetime(3) NOT NULL,
  PRIMARY KEY (id),
  KEY postlane_agenda_signals_created (created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_alerts (
  id bigint unsigned NOT NULL AUTO_INCREMENT,
  kind varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  subject varchar(200) NOT NULL,
  open tinyint,
  evidence longtext NOT NULL,
  raised_at datetime(3) NOT NULL,
  resolved_at datetime(3),
  PRIMARY KEY (id),
  UNIQUE KEY alerts_open (kind, subject, open),
  KEY alerts_raised (raised_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_approvals (
  id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  action varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  subject varchar(300) NOT NULL,
  state varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  open_subject varchar(300),
  request longtext NOT NULL,
  seen longtext NOT NULL,
  fingerprint char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  prepared_by longtext NOT NULL,
  requested_by varchar(200) NOT NULL,
  requested_name varchar(200),
  requested_at datetime(3) NOT NULL,
  expires_at datetime(3) NOT NULL,
  decided_by varchar(200),
  decided_name varchar(200),
  decided_at datetime(3),
  reason varchar(500),
  PRIMARY KEY (id),
  UNIQUE KEY approvals_open (open_subject),
  KEY approvals_state (state, id),
  KEY approvals_subject (subject, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_attachments (
  hash char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  size int unsigned NOT NULL,
  content longblob NOT NULL,
  used_at datetime(3) NOT NULL,
  PRIMARY KEY (hash)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_attempts (
  id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  message_id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  number int unsigned NOT NULL,
  stream varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  transport varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  outcome varchar(16) CHARACTER SET ascii COLLATE ascii_bin,
  code varchar(64) CHARACTER SET ascii COLLATE ascii_bin,
  answer varchar(1000),
  provider_message_id varchar(64) CHARACTER SET ascii COLLATE ascii_bin,
  created_at datetime(3) NOT NULL,
  handed_at datetime(3),
  settled_at datetime(3),
  PRIMARY KEY (id),
  UNIQUE KEY attempts_number (message_id, number),
  KEY attempts_provider_message (provider_message_id),
  CONSTRAINT postlane_attempts_ibfk_1 FOREIGN KEY (message_id) REFERENCES postlane_messages (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_audit_entries (
  id bigint unsigned NOT NULL AUTO_INCREMENT,
  at datetime(3) NOT NULL,
  changed_by varchar(200) NOT NULL,
  action varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  subject varchar(300) NOT NULL,
  before_change longtext,
  after_change longtext,
  PRIMARY KEY (id),
  KEY audit_entries_action (action, id),
  KEY audit_entries_by (changed_by, id),
  KEY audit_entries_subject (subject, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_campaign_progress (
  campaign_id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  settled bigint unsigned NOT NULL,
  progressed_at datetime(3) NOT NULL,
  by_state varchar(1000) CHARACTER SET ascii COLLATE ascii_bin,
  PRIMARY KEY (campaign_id),
  CONSTRAINT postlane_campaign_progress_ibfk_1 FOREIGN KEY (campaign_id) REFERENCES postlane_campaigns (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_campaign_recipients (
  position bigint unsigned NOT NULL AUTO_INCREMENT,
  campaign_id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  address varchar(254) NOT NULL,
  name varchar(200),
  data longtext,
  locale varchar(35) CHARACTER SET ascii COLLATE ascii_bin,
  metadata text,
  reply_to text,
  PRIMARY KEY (position),
  UNIQUE KEY campaign_recipients_address (campaign_id, address),
  KEY campaign_recipients_page (campaign_id, position),
  CONSTRAINT postlane_campaign_recipients_ibfk_1 FOREIGN KEY (campaign_id) REFERENCES postlane_campaigns (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_campaigns (
  id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name varchar(200) NOT NULL,
  state varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  template_version_id int unsigned NOT NULL,
  category varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  topic varchar(64) CHARACTER SET ascii COLLATE ascii_bin,
  data longtext NOT NULL,
  tag varchar(1000),
  send_at datetime(3),
  audience int unsigned,
  expanded_to bigint unsigned NOT NULL DEFAULT 0,
  created_at datetime(3) NOT NULL,
  launched_at datetime(3),
  finished_at datetime(3),
  brand varchar(32) CHARACTER SET ascii COLLATE ascii_bin,
  branding text,
  PRIMARY KEY (id),
  KEY campaigns_state (state, send_at),
  KEY campaigns_template_version (template_version_id),
  CONSTRAINT postlane_campaigns_ibfk_1 FOREIGN KEY (template_version_id) REFERENCES postlane_template_versions (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_consent_changes (
  id bigint unsigned NOT NULL AUTO_INCREMENT,
  address varchar(254) NOT NULL,
  scope varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  topic varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  granted tinyint NOT NULL,
  pending tinyint NOT NULL,
  source varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  evidence varchar(500),
  wording text,
  locale varchar(35) CHARACTER SET ascii COLLATE ascii_bin,
  said_at datetime(3) NOT NULL,
  recorded_at datetime(3) NOT NULL,
  recorded_by varchar(200),
  PRIMARY KEY (id),
  KEY consent_changes_address (address, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_consent_confirmations (
  topic varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  address varchar(254) NOT NULL,
  link_id varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  source varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  evidence varchar(500),
  wording text,
  locale varchar(35) CHARACTER SET ascii COLLATE ascii_bin,
  asked_at datetime(3) NOT NULL,
  mailed_at datetime(3) NOT NULL,
  expires_at datetime(3) NOT NULL,
  confirmed_at datetime(3),
  PRIMARY KEY (topic, address),
  UNIQUE KEY consent_confirmations_link (link_id),
  KEY consent_confirmations_address (address)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_consents (
  topic varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  address varchar(254) NOT NULL,
  granted tinyint NOT NULL,
  evidence varchar(500),
  changed_at datetime(3) NOT NULL,
  source varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'host',
  PRIMARY KEY (topic, address),
  KEY consents_address (address),
  KEY consents_topic (topic, granted)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_cursors (
  name varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position bigint unsigned NOT NULL,
  updated_at datetime(3) NOT NULL,
  PRIMARY KEY (name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_dirty_hours (
  hour datetime NOT NULL,
  changed_at datetime(3) NOT NULL,
  counted_at datetime(3),
  messages int unsigned NOT NULL DEFAULT 0,
  open int unsigned NOT NULL DEFAULT 0,
  PRIMARY KEY (hour)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_events (
  id bigint unsigned NOT NULL AUTO_INCREMENT,
  fact_key char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  source varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  message_id char(36) CHARACTER SET ascii COLLATE ascii_bin,
  attempt_id char(36) CHARACTER SET ascii COLLATE ascii_bin,
  provider_message_id varchar(64) CHARACTER SET ascii COLLATE ascii_bin,
  stream varchar(64) CHARACTER SET ascii COLLATE ascii_bin,
  recipient varchar(254),
  occurred_at datetime(3) NOT NULL,
  received_at datetime(3) NOT NULL,
  details text NOT NULL,
  raw longtext,
  raw_marks varchar(32) CHARACTER SET ascii COLLATE ascii_bin,
  PRIMARY KEY (id),
  UNIQUE KEY events_fact (fact_key),
  KEY events_message (message_id, occurred_at),
  KEY events_received (received_at),
  KEY events_recipient (recipient, id),
  KEY events_repairs (source, stream, received_at),
  KEY events_run (recipient, kind, occurred_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_hourly_message_stats (
  hour datetime NOT NULL,
  stream varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  template varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  accepted int unsigned NOT NULL,
  sent int unsigned NOT NULL,
  delivered int unsigned NOT NULL,
  bounced int unsigned NOT NULL,
  complained int unsigned NOT NULL,
  suppressed int unsigned NOT NULL,
  failed int unsigned NOT NULL,
  unknown int unsigned NOT NULL,
  open int unsigned NOT NULL,
  opened int unsigned NOT NULL,
  clicked int unsigned NOT NULL,
  within_1s int unsigned NOT NULL,
  within_5s int unsigned NOT NULL,
  within_30s int unsigned NOT NULL,
  within_2m int unsigned NOT NULL,
  within_10m int unsigned NOT NULL,
  within_1h int unsigned NOT NULL,
  measured int unsigned NOT NULL,
  PRIMARY KEY (hour, stream, template)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_hourly_queue_ages (
  hour datetime NOT NULL,
  stream varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  age_ms bigint unsigned NOT NULL,
  PRIMARY KEY (hour, stream)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_idempotency_keys (
  scope varchar(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  idempotency_key varchar(255) NOT NULL,
  request char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  answer text,
  created_at datetime(3) NOT NULL,
  PRIMARY KEY (scope, idempotency_key),
  KEY idempotency_keys_created (created_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_instances (
  id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  role varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  host varchar(255) NOT NULL,
  pid int unsigned NOT NULL,
  policy_version int unsigned NOT NULL,
  fingerprint char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  configuration longtext NOT NULL,
  servers longtext NOT NULL,
  findings longtext NOT NULL,
  started_at datetime(3) NOT NULL,
  seen_at datetime(3) NOT NULL,
  stopped_at datetime(3),
  PRIMARY KEY (id),
  KEY instances_fingerprint (fingerprint, started_at),
  KEY instances_seen (seen_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_learnt_streams (
  provider varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  token_hash char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  stream varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  learnt_at datetime(3) NOT NULL,
  PRIMARY KEY (provider, token_hash, stream)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_message_attachments (
  message_id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  position tinyint unsigned NOT NULL,
  hash char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name varchar(255) NOT NULL,
  content_type varchar(255) NOT NULL,
  content_id varchar(255),
  PRIMARY KEY (message_id, position),
  KEY message_attachments_hash (hash),
  CONSTRAINT postlane_message_attachments_ibfk_1 FOREIGN KEY (message_id) REFERENCES postlane_messages (id) ON DELETE CASCADE,
  CONSTRAINT postlane_message_attachments_ibfk_2 FOREIGN KEY (hash) REFERENCES postlane_attachments (hash)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_message_contents (
  message_id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  content longtext NOT NULL,
  left_out text,
  PRIMARY KEY (message_id),
  CONSTRAINT postlane_message_contents_ibfk_1 FOREIGN KEY (message_id) REFERENCES postlane_messages (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_message_metadata (
  message_id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  value varchar(255) NOT NULL,
  PRIMARY KEY (message_id, name),
  KEY message_metadata_value (name, value, message_id),
  CONSTRAINT postlane_message_metadata_ibfk_1 FOREIGN KEY (message_id) REFERENCES postlane_messages (id) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_messages (
  id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  state varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  lane varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  due_at datetime(3),
  lease char(36) CHARACTER SET ascii COLLATE ascii_bin,
  attempt_count int unsigned NOT NULL DEFAULT 0,
  category varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  stream varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  transport varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  bucket tinyint unsigned NOT NULL,
  policy_version int unsigned NOT NULL,
  template_version_id int unsigned,
  campaign_id char(36) CHARACTER SET ascii COLLATE ascii_bin,
  topic varchar(64) CHARACTER SET ascii COLLATE ascii_bin,
  recipient varchar(254) NOT NULL,
  recipient_name varchar(200),
  locale varchar(35) CHARACTER SET ascii COLLATE ascii_bin,
  tag varchar(1000),
  tag_start varchar(64) GENERATED ALWAYS AS (left(tag, 64)) VIRTUAL,
  reason varchar(500),
  idempotency_key varchar(255),
  fingerprint text,
  expires_at datetime(3),
  created_at datetime(3) NOT NULL,
  sent_at datetime(3),
  delivered_at datetime(3),
  bounced_at datetime(3),
  complained_at datetime(3),
  suppressed_at datetime(3),
  failed_at datetime(3),
  unknown_at datetime(3),
  cancelled_at datetime(3),
  opened_at datetime(3),
  clicked_at datetime(3),
  subject varchar(255),
  confidential tinyint unsigned NOT NULL DEFAULT 0,
  brand varchar(32) CHARACTER SET ascii COLLATE ascii_bin,
  idempotency_scope varchar(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  deferred_at datetime(3),
  deferral varchar(100),
  soft_bounces int unsigned NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY messages_campaign_recipient (campaign_id, recipient),
  UNIQUE KEY messages_scoped_idempotency (idempotency_key, idempotency_scope),
  KEY messages_campaign_state (campaign_id, state),
  KEY messages_category (category, id),
  KEY messages_due (state, lane, due_at, id),
  KEY messages_recipient (recipient, id),
  KEY messages_state (state, id),
  KEY messages_stream (stream, id),
  KEY messages_subject (subject, id),
  KEY messages_tag (tag_start, id),
  KEY messages_template_version (template_version_id, id),
  CONSTRAINT postlane_messages_ibfk_1 FOREIGN KEY (template_version_id) REFERENCES postlane_template_versions (id),
  CONSTRAINT postlane_messages_ibfk_2 FOREIGN KEY (campaign_id) REFERENCES postlane_campaigns (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_provider_servers (
  provider varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  server_id varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  accepted_at datetime(3) NOT NULL,
  accepted_by varchar(200),
  PRIMARY KEY (provider)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_published_revision (
  id tinyint unsigned NOT NULL,
  revision int unsigned NOT NULL,
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_reconciliations (
  id bigint unsigned NOT NULL AUTO_INCREMENT,
  day date NOT NULL,
  stream varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  started_at datetime(3) NOT NULL,
  finished_at datetime(3),
  bounces_seen int unsigned NOT NULL DEFAULT 0,
  bounces_repaired int unsigned NOT NULL DEFAULT 0,
  suppressions_seen int unsigned NOT NULL DEFAULT 0,
  suppressions_repaired int unsigned NOT NULL DEFAULT 0,
  problem varchar(500),
  PRIMARY KEY (id),
  UNIQUE KEY reconciliations_day (day, stream)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_sample_data (
  id char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  template varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name varchar(100) NOT NULL,
  locale varchar(35) CHARACTER SET ascii COLLATE ascii_bin,
  data longtext NOT NULL,
  changed_by varchar(200) NOT NULL,
  changed_at datetime(3) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY sample_data_name (template, name)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_security_counts (
  window_start datetime(3) NOT NULL,
  kind varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  source varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  events int unsigned NOT NULL,
  seen_at datetime(3) NOT NULL,
  audit_entry bigint unsigned,
  PRIMARY KEY (window_start, kind, source)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_sign_in_failures (
  subject char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  failures int unsigned NOT NULL,
  failed_at datetime(3) NOT NULL,
  locked_until datetime(3),
  PRIMARY KEY (subject),
  KEY sign_in_failures_failed (failed_at)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_suppression_changes (
  id bigint unsigned NOT NULL AUTO_INCREMENT,
  address varchar(254) NOT NULL,
  scope varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  stream varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  topic varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  source varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  class varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  active tinyint NOT NULL,
  reason varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  origin varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  event_id bigint unsigned,
  note varchar(500),
  changed_by varchar(200),
  dated_at datetime(3),
  recorded_at datetime(3) NOT NULL,
  expires_at datetime(3),
  PRIMARY KEY (id),
  KEY suppression_changes_address (address, id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_suppression_fences (
  address varchar(254) NOT NULL,
  stream varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  known_to datetime(3),
  fenced_to datetime(3),
  unlisted_to datetime(3),
  lifted_to datetime(3),
  released_to datetime(3),
  PRIMARY KEY (address, stream)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_suppressions (
  stream varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  address varchar(254) NOT NULL,
  active tinyint NOT NULL,
  reason varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  origin varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  event_id bigint unsigned,
  note varchar(500),
  changed_at datetime(3) NOT NULL,
  scope varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'stream',
  topic varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  source varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'provider',
  class varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
  reported tinyint NOT NULL DEFAULT 1,
  dated_at datetime(3),
  fact_key char(64) CHARACTER SET ascii COLLATE ascii_bin,
  reaches text,
  changed_by varchar(200),
  recorded_at datetime(3),
  offer varchar(16) CHARACTER SET ascii COLLATE ascii_bin,
  expires_at datetime(3),
  PRIMARY KEY (address, scope, stream, topic, source, class),
  KEY suppressions_active (active, address, stream),
  KEY suppressions_address (address),
  KEY suppressions_offer (offer),
  KEY suppressions_stream (stream, address)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_template_source_versions (
  kind varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  source_key varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version int unsigned NOT NULL,
  content_hash char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  content longtext NOT NULL,
  message varchar(500) NOT NULL,
  cause varchar(300) NOT NULL,
  published_by varchar(200) NOT NULL,
  published_at datetime(3) NOT NULL,
  PRIMARY KEY (kind, source_key, version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_template_sources (
  kind varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  source_key varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version int unsigned,
  revision int unsigned NOT NULL DEFAULT 0,
  draft longtext,
  draft_base int unsigned,
  draft_at datetime(3),
  draft_by varchar(200),
  file_version int unsigned,
  created_at datetime(3) NOT NULL,
  draft_authors longtext,
  PRIMARY KEY (kind, source_key)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_template_versions (
  id int unsigned NOT NULL AUTO_INCREMENT,
  template varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  version int unsigned NOT NULL,
  category varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  content_hash char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  content longtext NOT NULL,
  published tinyint,
  created_at datetime(3) NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY template_versions_published (template, published),
  UNIQUE KEY template_versions_version (template, version)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_test_senders (
  person varchar(200) NOT NULL,
  PRIMARY KEY (person)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_topics (
  topic varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name varchar(100) NOT NULL,
  description varchar(500) NOT NULL,
  translations text NOT NULL,
  consent varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  streams text,
  double_opt_in tinyint NOT NULL,
  shown tinyint NOT NULL,
  position int NOT NULL,
  archived_at datetime(3),
  changed_at datetime(3) NOT NULL,
  changed_by varchar(200),
  PRIMARY KEY (topic)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_unmatched_events (
  event_id bigint unsigned NOT NULL,
  provider varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  kind varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  has_faults tinyint unsigned NOT NULL,
  faults varchar(1000),
  received_at datetime(3) NOT NULL,
  provider_message_id varchar(64) CHARACTER SET ascii COLLATE ascii_bin,
  PRIMARY KEY (event_id),
  KEY unmatched_events_faults (has_faults, received_at),
  KEY unmatched_events_kind (kind, event_id),
  KEY unmatched_events_waiting (provider_message_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;

CREATE TABLE postlane_webhook_passwords (
  id int unsigned NOT NULL AUTO_INCREMENT,
  user varchar(32) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  hash char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  created_at datetime(3) NOT NULL,
  created_by varchar(200) NOT NULL,
  used_at datetime(3),
  PRIMARY KEY (id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC;
