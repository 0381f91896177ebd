import type { Knex } from 'knex';
import { hash, id, table, word } from './columns.ts';

/** What providers report, what recipients and operators decided, and what was compared with the provider. */
export async function createEventTables(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_events (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    fact_key ${hash} NOT NULL,
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
    KEY events_received (received_at),
    KEY events_repairs (source, stream, received_at)
  ) ${table}`);

  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_suppressions (
    stream ${word(64)} NOT NULL,
    address VARCHAR(254) NOT NULL,
    active TINYINT NOT NULL,
    reason ${word(32)} NOT NULL,
    origin ${word(32)} NOT NULL,
    event_id BIGINT UNSIGNED NULL,
    note VARCHAR(500) NULL,
    changed_at DATETIME(3) NOT NULL,
    PRIMARY KEY (stream, address),
    KEY suppressions_address (address),
    KEY suppressions_active (active, address, stream)
  ) ${table}`);

  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_consents (
    topic ${word(64)} NOT NULL,
    address VARCHAR(254) NOT NULL,
    granted TINYINT NOT NULL,
    evidence VARCHAR(500) NULL,
    changed_at DATETIME(3) NOT NULL,
    PRIMARY KEY (topic, address),
    KEY consents_address (address)
  ) ${table}`);

  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_reconciliations (
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
