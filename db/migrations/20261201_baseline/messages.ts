import type { Knex } from 'knex';
import { hash, id, table, word } from './columns.ts';

/** Messages with their contents and attachments, and the attempts to hand them over. */
export async function createMessageTables(db: Knex): Promise<void> {
  // due_at is when the row next wants attention: queued - hand over; sending - the lease ends;
  // unknown - ask the provider again; NULL once nothing is owed. One index serves all three.
  // Lists are in order of id, and each filter has an index that ends in it.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_messages (
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
    tag_start VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin GENERATED ALWAYS AS (LEFT(tag, 64)) VIRTUAL,
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
    KEY messages_template_version (template_version_id, id),
    KEY messages_state (state, id),
    KEY messages_stream (stream, id),
    KEY messages_tag (tag_start, id),
    FOREIGN KEY (template_version_id) REFERENCES postlane_template_versions (id),
    FOREIGN KEY (campaign_id) REFERENCES postlane_campaigns (id)
  ) ${table}`);

  // What is personal and large is kept beside the message's row, so that it can be purged on its own.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_message_contents (
    message_id ${id} NOT NULL PRIMARY KEY,
    content LONGTEXT NOT NULL,
    FOREIGN KEY (message_id) REFERENCES postlane_messages (id) ON DELETE CASCADE
  ) ${table}`);

  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_attachments (
    hash ${hash} NOT NULL PRIMARY KEY,
    size INT UNSIGNED NOT NULL,
    content LONGBLOB NOT NULL,
    used_at DATETIME(3) NOT NULL
  ) ${table}`);

  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_message_attachments (
    message_id ${id} NOT NULL,
    position TINYINT UNSIGNED NOT NULL,
    hash ${hash} NOT NULL,
    name VARCHAR(255) NOT NULL,
    content_type VARCHAR(255) NOT NULL,
    content_id VARCHAR(255) NULL,
    PRIMARY KEY (message_id, position),
    KEY message_attachments_hash (hash),
    FOREIGN KEY (message_id) REFERENCES postlane_messages (id) ON DELETE CASCADE,
    FOREIGN KEY (hash) REFERENCES postlane_attachments (hash)
  ) ${table}`);

  // handed_at is written, fenced by the lease, just before the network is touched: an attempt without it
  // was never handed over and may be repeated at once; one with it and no outcome may have been accepted.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_attempts (
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
    FOREIGN KEY (message_id) REFERENCES postlane_messages (id) ON DELETE CASCADE
  ) ${table}`);
}
