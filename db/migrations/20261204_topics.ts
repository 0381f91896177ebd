import type { Knex } from 'knex';
import { addColumnIfMissing, addIndexIfMissing } from './helpers.ts';

const word = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;
const table = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC';

/** The register of topics, every statement of consent that was ever made, and those that wait for a confirmation. */
export async function up(db: Knex): Promise<void> {
  // What was decided here; topics of the configuration and the policy are in the register without a row.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_topics (
    topic ${word(64)} NOT NULL PRIMARY KEY,
    name VARCHAR(100) NOT NULL,
    description VARCHAR(500) NOT NULL,
    translations TEXT NOT NULL,
    consent ${word(16)} NOT NULL,
    streams TEXT NULL,
    double_opt_in TINYINT NOT NULL,
    shown TINYINT NOT NULL,
    position INT NOT NULL,
    archived_at DATETIME(3) NULL,
    changed_at DATETIME(3) NOT NULL,
    changed_by VARCHAR(200) NULL
  ) ${table}`);

  // Append-only: also what was out of date when it came, and what still has to be confirmed.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_consent_changes (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    address VARCHAR(254) NOT NULL,
    scope ${word(16)} NOT NULL,
    topic ${word(64)} NOT NULL,
    granted TINYINT NOT NULL,
    pending TINYINT NOT NULL,
    source ${word(16)} NOT NULL,
    evidence VARCHAR(500) NULL,
    wording TEXT NULL,
    locale ${word(35)} NULL,
    said_at DATETIME(3) NOT NULL,
    recorded_at DATETIME(3) NOT NULL,
    recorded_by VARCHAR(200) NULL,
    KEY consent_changes_address (address, id)
  ) ${table}`);

  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_consent_confirmations (
    topic ${word(64)} NOT NULL,
    address VARCHAR(254) NOT NULL,
    link_id ${word(32)} NOT NULL,
    source ${word(16)} NOT NULL,
    evidence VARCHAR(500) NULL,
    wording TEXT NULL,
    locale ${word(35)} NULL,
    asked_at DATETIME(3) NOT NULL,
    mailed_at DATETIME(3) NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    confirmed_at DATETIME(3) NULL,
    PRIMARY KEY (topic, address),
    UNIQUE KEY consent_confirmations_link (link_id),
    KEY consent_confirmations_address (address)
  ) ${table}`);

  // Until now hosts alone recorded what people said.
  await addColumnIfMissing(db, 'postlane_consents', 'source', `${word(16)} NOT NULL DEFAULT 'host'`);
  await addIndexIfMissing(db, 'postlane_consents', 'consents_topic', ['topic', 'granted']);
}
