import type { Knex } from 'knex';
import { hash, id, table, word } from './20261201_baseline/columns.ts';
import { addColumnIfMissing } from './helpers.ts';

/** What waits for a second person, and who had a hand in a draft. */
export async function up(db: Knex): Promise<void> {
  // open_subject is the subject while the request is open, so that there is one at a time. request, seen and prepared_by
  // are JSON: what is to be done, what it was bound to, and who may not approve it. The names are as
  // people were called then.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_approvals (
    id ${id} NOT NULL PRIMARY KEY,
    action ${word(32)} NOT NULL,
    subject VARCHAR(300) NOT NULL,
    state ${word(16)} NOT NULL,
    open_subject VARCHAR(300) NULL,
    request LONGTEXT NOT NULL,
    seen LONGTEXT NOT NULL,
    fingerprint ${hash} NOT NULL,
    prepared_by LONGTEXT NOT NULL,
    requested_by VARCHAR(200) NOT NULL,
    requested_name VARCHAR(200) NULL,
    requested_at DATETIME(3) NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    decided_by VARCHAR(200) NULL,
    decided_name VARCHAR(200) NULL,
    decided_at DATETIME(3) NULL,
    reason VARCHAR(500) NULL,
    UNIQUE KEY approvals_open (open_subject),
    KEY approvals_state (state, id),
    KEY approvals_subject (subject, id)
  ) ${table}`);

  // JSON: everybody who saved the draft since it was begun. NULL for a draft of an older release: then draft_by alone.
  await addColumnIfMissing(db, 'postlane_template_sources', 'draft_authors', 'LONGTEXT NULL');
}
