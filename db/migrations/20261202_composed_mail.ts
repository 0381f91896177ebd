import type { Knex } from 'knex';
import { hash, id, table, word } from './20261201_baseline/columns.ts';
import { addColumnIfMissing, addIndexIfMissing } from './helpers.ts';

/**
 * Mail without a template; what messages are found by besides; what each recipient of a campaign may have; and keys
 * under which a change is made once.
 */
export async function up(db: Knex): Promise<void> {
  await db.raw('ALTER TABLE postlane_messages MODIFY template_version_id INT UNSIGNED NULL');
  // Personal, and so purged with the contents; a confidential message has none.
  await addColumnIfMissing(db, 'postlane_messages', 'subject', 'VARCHAR(255) NULL');
  await addColumnIfMissing(db, 'postlane_messages', 'confidential', 'TINYINT UNSIGNED NOT NULL DEFAULT 0');
  await addIndexIfMissing(db, 'postlane_messages', 'messages_category', ['category', 'id']);
  await addIndexIfMissing(db, 'postlane_messages', 'messages_subject', ['subject', 'id']);

  // JSON: copies that did not get the message, and why.
  await addColumnIfMissing(db, 'postlane_message_contents', 'left_out', 'TEXT NULL');

  // The same pairs as in the content, so that messages can be found by them.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_message_metadata (
    message_id ${id} NOT NULL,
    name ${word(64)} NOT NULL,
    value VARCHAR(255) NOT NULL,
    PRIMARY KEY (message_id, name),
    KEY message_metadata_value (name, value, message_id),
    FOREIGN KEY (message_id) REFERENCES postlane_messages (id) ON DELETE CASCADE
  ) ${table}`);

  await addColumnIfMissing(db, 'postlane_campaign_recipients', 'locale', `${word(35)} NULL`);
  await addColumnIfMissing(db, 'postlane_campaign_recipients', 'metadata', 'TEXT NULL');
  await addColumnIfMissing(db, 'postlane_campaign_recipients', 'reply_to', 'TEXT NULL');

  // answer is JSON: what the first call under the key came to.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_idempotency_keys (
    scope ${word(64)} NOT NULL,
    idempotency_key VARCHAR(255) NOT NULL,
    request ${hash} NOT NULL,
    answer TEXT NULL,
    created_at DATETIME(3) NOT NULL,
    PRIMARY KEY (scope, idempotency_key),
    KEY idempotency_keys_created (created_at)
  ) ${table}`);
}
