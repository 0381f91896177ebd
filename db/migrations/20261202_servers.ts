import type { Knex } from 'knex';
import { addColumnIfMissing, addIndexIfMissing } from './helpers.ts';

/**
 * Brands. Several servers need no column: the streams and transports of one are called by its name.
 * branding is the sender and brand values that a campaign is pinned to; a message has them in its content.
 */
export async function up(db: Knex): Promise<void> {
  const brand = 'VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL';
  await addColumnIfMissing(db, 'postlane_messages', 'brand', brand);
  await addColumnIfMissing(db, 'postlane_campaigns', 'brand', brand);
  await addColumnIfMissing(db, 'postlane_campaigns', 'branding', 'TEXT NULL');

  // Two brands may both use `order-17`. The release before writes the default, and finds by the key alone.
  const scope = "VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT ''";
  await addColumnIfMissing(db, 'postlane_messages', 'idempotency_scope', scope);
  const columns = ['idempotency_key', 'idempotency_scope'];
  await addIndexIfMissing(db, 'postlane_messages', 'messages_scoped_idempotency', columns, 'UNIQUE KEY');
  await dropIndex(db, 'postlane_messages', 'messages_idempotency');
  // That of a change is followed by that of the brand.
  const name = 'VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL';
  await db.raw(`ALTER TABLE postlane_idempotency_keys MODIFY scope ${name}`);
}

/** The statement is the same whatever is there, so that it can be printed; a second run finds nothing to drop. */
async function dropIndex(db: Knex, table: string, name: string): Promise<void> {
  try {
    await db.raw('ALTER TABLE ?? DROP KEY ??', [table, name]);
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ER_CANT_DROP_FIELD_OR_KEY') throw error;
  }
}
