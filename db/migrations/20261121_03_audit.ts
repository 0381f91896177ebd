import type { Knex } from 'knex';

const word = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;

/** The audit log: who changed what, with before and after. */
export async function up(db: Knex): Promise<void> {
  // The ids of `by` are a host's own and may hold anything.
  await db.raw(`CREATE TABLE audit_entries (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    at DATETIME(3) NOT NULL,
    changed_by VARCHAR(200) NOT NULL,
    action ${word(64)} NOT NULL,
    subject VARCHAR(300) NOT NULL,
    before_change LONGTEXT NULL,
    after_change LONGTEXT NULL,
    KEY audit_entries_by (changed_by, id),
    KEY audit_entries_action (action, id),
    KEY audit_entries_subject (subject, id)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC`);
}

/** Forward only: a mistake is mended by the next migration. */
export async function down(): Promise<void> {
  throw new Error('Migrations only go forward.');
}
