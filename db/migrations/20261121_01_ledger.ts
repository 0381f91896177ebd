import type { Knex } from 'knex';

// ids are UUIDv7 made by us: known before the insert, in order of creation, readable in a log.
const id = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin';
const word = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;
const table = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC';

/** Templates, messages and their attempts, attachments, events, suppressions, consent. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE template_versions (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    template ${word(64)} NOT NULL,
    version INT UNSIGNED NOT NULL,
    category ${word(64)} NOT NULL,
    content_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    content LONGTEXT NOT NULL,
    published TINYINT NULL,
    created_at DATETIME(3) NOT NULL,
    UNIQUE KEY template_versions_version (template, version),
    UNIQUE KEY template_versions_published (template, published)
  ) ${table}`);

  await db.raw(`CREATE TABLE campaigns (
    id ${id} NOT NULL PRIMARY KEY,
    name VARCHAR(200) NOT NULL,
    state ${word(16)} NOT NULL,
    template_version_id INT UNSIGNED NOT NULL,
    category ${word(64)} NOT NULL,
    topic ${word(64)} NULL,
    data LONGTEXT NOT NULL,
    tag VARCHAR(1000) NULL,
    send_at DATETIME(3) NULL,
    expanded_to BIGINT UNSIGNED NOT NULL DEFAULT 0,
    created_at DATETIME(3) NOT NULL,
    launched_at DATETIME(3) NULL,
    finished_at DATETIME(3) NULL,
    KEY campaigns_state (state, send_at),
    FOREIGN KEY (template_version_id) REFERENCES template_versions (id)
  ) ${table}`);

  await db.raw(`CREATE TABLE campaign_recipients (
    position BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    campaign_id ${id} NOT NULL,
    address VARCHAR(254) NOT NULL,
    name VARCHAR(200) NULL,
    data LONGTEXT NULL,
    UNIQUE KEY campaign_recipients_address (campaign_id, address),
    KEY campaign_recipients_page (campaign_id, position),
    FOREIGN KEY (campaign_id) REFERENCES campaigns (id)
  ) ${table}`);

  // due_at is when the row next wants attention: queued - hand over; sending - the lease ends;
  // unknown - ask the provider again; NULL once nothing is owed. One index serves all three.
  await db.raw(`CREATE TABLE messages (
    id ${id} NOT NULL PRIMARY KEY,
    state ${word(16)} NOT NULL,
    lane ${word(16)} NOT NULL,
    due_at DATETIME(3) NULL,
    lease ${id} NULL,
    attempt_count INT UNSIGNED NOT NULL DEFAULT 0,
    category ${word(64)} NOT NULL,
    stream ${word(64)} NOT NULL,
    transport ${word(64)} NOT NULL,
    bucket TINYINT UNSIGNED NOT NULL,
    policy_version INT UNSIGNED NOT NULL,
    template_version_id INT UNSIGNED NOT NULL,
    campaign_id ${id} NULL,
    topic ${word(64)} NULL,
    recipient VARCHAR(254) NOT NULL,
    recipient_name VARCHAR(200) NULL,
    locale ${word(35)} NULL,
    tag VARCHAR(1000) NULL,
    reason VARCHAR(500) NULL,
    idempotency_key VARCHAR(255) NULL,
    fingerprint TEXT NULL,
    expires_at DATETIME(3) NULL,
    created_at DATETIME(3) NOT NULL,
    sent_at DATETIME(3) NULL,
    delivered_at DATETIME(3) NULL,
    bounced_at DATETIME(3) NULL,
    complained_at DATETIME(3) NULL,
    suppressed_at DATETIME(3) NULL,
    failed_at DATETIME(3) NULL,
    unknown_at DATETIME(3) NULL,
    cancelled_at DATETIME(3) NULL,
    opened_at DATETIME(3) NULL,
    clicked_at DATETIME(3) NULL,
    UNIQUE KEY messages_idempotency (idempotency_key),
    UNIQUE KEY messages_campaign_recipient (campaign_id, recipient),
    KEY messages_due (state, lane, due_at, id),
    KEY messages_campaign_state (campaign_id, state),
    KEY messages_recipient (recipient, id),
    FOREIGN KEY (template_version_id) REFERENCES template_versions (id),
    FOREIGN KEY (campaign_id) REFERENCES campaigns (id)
  ) ${table}`);

  // What is personal and large lives beside the ledger row, so that it can be purged on its own.
  await db.raw(`CREATE TABLE message_contents (
    message_id ${id} NOT NULL PRIMARY KEY,
    content LONGTEXT NOT NULL,
    FOREIGN KEY (message_id) REFERENCES messages (id) ON DELETE CASCADE
  ) ${table}`);

  await db.raw(`CREATE TABLE attachments (
    hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    size INT UNSIGNED NOT NULL,
    content LONGBLOB NOT NULL,
    used_at DATETIME(3) NOT NULL
  ) ${table}`);

  await db.raw(`CREATE TABLE message_attachments (
    message_id ${id} NOT NULL,
    position TINYINT UNSIGNED NOT NULL,
    hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    name VARCHAR(255) NOT NULL,
    content_type VARCHAR(255) NOT NULL,
    content_id VARCHAR(255) NULL,
    PRIMARY KEY (message_id, position),
    FOREIGN KEY (message_id) REFERENCES messages (id) ON DELETE CASCADE,
    FOREIGN KEY (hash) REFERENCES attachments (hash)
  ) ${table}`);

  // handed_at is written, fenced by the lease, just before the network is touched: an attempt without it
  // never left the house and may be repeated at once; one with it and no outcome may have been accepted.
  await db.raw(`CREATE TABLE attempts (
    id ${id} NOT NULL PRIMARY KEY,
    message_id ${id} NOT NULL,
    number INT UNSIGNED NOT NULL,
    stream ${word(64)} NOT NULL,
    transport ${word(64)} NOT NULL,
    outcome ${word(16)} NULL,
    code ${word(64)} NULL,
    answer VARCHAR(1000) NULL,
    provider_message_id ${word(64)} NULL,
    created_at DATETIME(3) NOT NULL,
    handed_at DATETIME(3) NULL,
    settled_at DATETIME(3) NULL,
    UNIQUE KEY attempts_number (message_id, number),
    KEY attempts_provider_message (provider_message_id),
    FOREIGN KEY (message_id) REFERENCES messages (id) ON DELETE CASCADE
  ) ${table}`);

  await db.raw(`CREATE TABLE events (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    fact_key CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    kind ${word(32)} NOT NULL,
    source ${word(16)} NOT NULL,
    message_id ${id} NULL,
    attempt_id ${id} NULL,
    provider_message_id ${word(64)} NULL,
    stream ${word(64)} NULL,
    recipient VARCHAR(254) NULL,
    occurred_at DATETIME(3) NOT NULL,
    received_at DATETIME(3) NOT NULL,
    details TEXT NOT NULL,
    raw LONGTEXT NULL,
    UNIQUE KEY events_fact (fact_key),
    KEY events_message (message_id, occurred_at),
    KEY events_recipient (recipient, id),
    KEY events_received (received_at)
  ) ${table}`);

  await db.raw(`CREATE TABLE suppressions (
    stream ${word(64)} NOT NULL,
    address VARCHAR(254) NOT NULL,
    active TINYINT NOT NULL,
    reason ${word(32)} NOT NULL,
    origin ${word(32)} NOT NULL,
    event_id BIGINT UNSIGNED NULL,
    note VARCHAR(500) NULL,
    changed_at DATETIME(3) NOT NULL,
    PRIMARY KEY (stream, address),
    KEY suppressions_address (address)
  ) ${table}`);

  await db.raw(`CREATE TABLE consents (
    topic ${word(64)} NOT NULL,
    address VARCHAR(254) NOT NULL,
    granted TINYINT NOT NULL,
    evidence VARCHAR(500) NULL,
    changed_at DATETIME(3) NOT NULL,
    PRIMARY KEY (topic, address),
    KEY consents_address (address)
  ) ${table}`);

  await db.raw(`CREATE TABLE reconciliations (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    day DATE NOT NULL,
    stream ${word(64)} NOT NULL,
    started_at DATETIME(3) NOT NULL,
    finished_at DATETIME(3) NULL,
    bounces_seen INT UNSIGNED NOT NULL DEFAULT 0,
    bounces_repaired INT UNSIGNED NOT NULL DEFAULT 0,
    suppressions_seen INT UNSIGNED NOT NULL DEFAULT 0,
    suppressions_repaired INT UNSIGNED NOT NULL DEFAULT 0,
    problem VARCHAR(500) NULL,
    UNIQUE KEY reconciliations_day (day, stream)
  ) ${table}`);
}

/** Forward only: a mistake is mended by the next migration. */
export async function down(): Promise<void> {
  throw new Error('Migrations only go forward.');
}
