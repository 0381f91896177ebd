import type { Knex } from 'knex';
import { addColumnIfMissing, addIndexIfMissing } from './helpers.ts';

/** Events that name a message by a provider's id alone, which may be learnt only after they came. */
export async function up(db: Knex): Promise<void> {
  // Null for those that wait for nothing.
  await addColumnIfMissing(
    db,
    'postlane_unmatched_events',
    'provider_message_id',
    'VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL',
  );
  await addIndexIfMissing(db, 'postlane_unmatched_events', 'unmatched_events_waiting', [
    'provider_message_id',
  ]);
  await db.raw(
    `UPDATE postlane_unmatched_events u JOIN postlane_events e ON e.id = u.event_id
     SET u.provider_message_id = e.provider_message_id
     WHERE u.provider_message_id IS NULL AND e.provider_message_id IS NOT NULL
       AND e.message_id IS NULL AND e.attempt_id IS NULL`,
  );
}
