import type { Knex } from 'knex';

const word = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;

/** The processes that run, each with what it is configured to do. */
export async function up(db: Knex): Promise<void> {
  // Times are the database's own, so that clocks of machines need not agree. servers and findings are JSON that the
  // process renews; its configuration stays as it was at the start.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_instances (
    id CHAR(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
    role ${word(16)} NOT NULL,
    host VARCHAR(255) NOT NULL,
    pid INT UNSIGNED NOT NULL,
    policy_version INT UNSIGNED NOT NULL,
    fingerprint CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    configuration LONGTEXT NOT NULL,
    servers LONGTEXT NOT NULL,
    findings LONGTEXT NOT NULL,
    started_at DATETIME(3) NOT NULL,
    seen_at DATETIME(3) NOT NULL,
    stopped_at DATETIME(3) NULL,
    KEY instances_seen (seen_at),
    KEY instances_fingerprint (fingerprint, started_at)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC`);
}
