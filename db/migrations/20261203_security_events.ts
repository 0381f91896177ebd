import type { Knex } from 'knex';

const word = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;

/** How often each kind of security event came from where in ten minutes, so that a flood fills no table. */
export async function up(db: Knex): Promise<void> {
  // The row with an empty source counts the sources of its window, and every event of those that got no row.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_security_counts (
    window_start DATETIME(3) NOT NULL,
    kind ${word(64)} NOT NULL,
    source ${word(64)} NOT NULL,
    events INT UNSIGNED NOT NULL,
    seen_at DATETIME(3) NOT NULL,
    audit_entry BIGINT UNSIGNED NULL,
    PRIMARY KEY (window_start, kind, source)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC`);
}
