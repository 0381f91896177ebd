import type { Knex } from 'knex';
import { table, word } from './columns.ts';

/** What pages read instead of all messages. */
export async function createMonitoringTables(db: Knex): Promise<void> {
  // Messages by the hour in which they were accepted. Counted again when something happened to one of them.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_hourly_message_stats (
    hour DATETIME NOT NULL,
    stream ${word(64)} NOT NULL,
    template ${word(64)} NOT NULL,
    accepted INT UNSIGNED NOT NULL,
    sent INT UNSIGNED NOT NULL,
    delivered INT UNSIGNED NOT NULL,
    bounced INT UNSIGNED NOT NULL,
    complained INT UNSIGNED NOT NULL,
    suppressed INT UNSIGNED NOT NULL,
    failed INT UNSIGNED NOT NULL,
    unknown INT UNSIGNED NOT NULL,
    open INT UNSIGNED NOT NULL,
    opened INT UNSIGNED NOT NULL,
    clicked INT UNSIGNED NOT NULL,
    within_1s INT UNSIGNED NOT NULL,
    within_5s INT UNSIGNED NOT NULL,
    within_30s INT UNSIGNED NOT NULL,
    within_2m INT UNSIGNED NOT NULL,
    within_10m INT UNSIGNED NOT NULL,
    within_1h INT UNSIGNED NOT NULL,
    measured INT UNSIGNED NOT NULL,
    PRIMARY KEY (hour, stream, template)
  ) ${table}`);

  // An hour is dirty, to be counted again, when one of its messages changed (changed_at) after it was counted.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_dirty_hours (
    hour DATETIME NOT NULL PRIMARY KEY,
    changed_at DATETIME(3) NOT NULL,
    counted_at DATETIME(3) NULL,
    messages INT UNSIGNED NOT NULL DEFAULT 0,
    open INT UNSIGNED NOT NULL DEFAULT 0
  ) ${table}`);

  // How long the oldest due message had waited, the worst of each hour.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_hourly_queue_ages (
    hour DATETIME NOT NULL,
    stream ${word(64)} NOT NULL,
    age_ms BIGINT UNSIGNED NOT NULL,
    PRIMARY KEY (hour, stream)
  ) ${table}`);

  // How far the roll-ups and the purge of raw events have read.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_cursors (
    name ${word(32)} NOT NULL PRIMARY KEY,
    position BIGINT UNSIGNED NOT NULL,
    updated_at DATETIME(3) NOT NULL
  ) ${table}`);

  // open is 1 until an alert is resolved, then NULL: of each kind and subject one is open at a time.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_alerts (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    kind ${word(32)} NOT NULL,
    subject VARCHAR(200) NOT NULL,
    open TINYINT NULL,
    evidence LONGTEXT NOT NULL,
    raised_at DATETIME(3) NOT NULL,
    resolved_at DATETIME(3) NULL,
    UNIQUE KEY alerts_open (kind, subject, open),
    KEY alerts_raised (raised_at)
  ) ${table}`);
}
