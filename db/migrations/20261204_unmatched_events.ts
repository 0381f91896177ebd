import type { Knex } from 'knex';
import { addColumnIfMissing } from './helpers.ts';

const word = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;

/** Events about no message that is known, and those that could not be read whole, for people to look at. */
export async function up(db: Knex): Promise<void> {
  // How `raw` differs from what was posted: words with commas between.
  await addColumnIfMissing(db, 'postlane_events', 'raw_marks', `${word(32)} NULL`);
  // A table of its own: the events that come in by the thousand are about known messages, and need no index for this.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_unmatched_events (
    event_id BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    provider ${word(32)} NOT NULL,
    kind ${word(32)} NOT NULL,
    has_faults TINYINT UNSIGNED NOT NULL,
    faults VARCHAR(1000) NULL,
    received_at DATETIME(3) NOT NULL,
    KEY unmatched_events_kind (kind, event_id),
    KEY unmatched_events_faults (has_faults, received_at)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC`);
}
