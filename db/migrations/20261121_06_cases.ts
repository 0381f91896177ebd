import type { Knex } from 'knex';

const id = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin';
const word = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;

/** Saved data to preview templates with, and the way to what a template was last sent with. */
export async function up(db: Knex): Promise<void> {
  await db.raw(`CREATE TABLE preview_cases (
    id ${id} NOT NULL PRIMARY KEY,
    template ${word(64)} NOT NULL,
    name VARCHAR(100) NOT NULL,
    locale ${word(35)} NULL,
    data LONGTEXT NOT NULL,
    changed_by VARCHAR(200) NOT NULL,
    changed_at DATETIME(3) NOT NULL,
    UNIQUE KEY preview_cases_name (template, name)
  ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC`);

  // The newest messages of a version, without a look at any other. It takes over from the foreign key's own index.
  await db.raw('CREATE INDEX messages_template_version ON messages (template_version_id, id)');
}

/** Forward only: a mistake is mended by the next migration. */
export async function down(): Promise<void> {
  throw new Error('Migrations only go forward.');
}
