import type { Knex } from 'knex';

const id = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin';
const word = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;
const table = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC';

/** What pages read instead of all messages: hours rolled up, indexes for each filter, webhook passwords. */
export async function up(db: Knex): Promise<void> {
  // Lists are in order of id, and each filter has an index that ends in it.
  await db.raw(`ALTER TABLE messages
    ADD COLUMN tag_start VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
      GENERATED ALWAYS AS (LEFT(tag, 64)) VIRTUAL,
    ADD KEY messages_state (state, id),
    ADD KEY messages_stream (stream, id),
    ADD KEY messages_tag (tag_start, id)`);
  await db.raw('ALTER TABLE suppressions ADD KEY suppressions_active (active, address, stream)');

  // Messages by the hour in which they were accepted. Counted anew when something happened to one of them.
  await db.raw(`CREATE TABLE message_hours (
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
    unclear INT UNSIGNED NOT NULL,
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

  // touched_at is when something last happened to one of its messages, counted_at when it was last counted.
  await db.raw(`CREATE TABLE counted_hours (
    hour DATETIME NOT NULL PRIMARY KEY,
    touched_at DATETIME(3) NOT NULL,
    counted_at DATETIME(3) NULL,
    messages INT UNSIGNED NOT NULL DEFAULT 0,
    open INT UNSIGNED NOT NULL DEFAULT 0
  ) ${table}`);

  // How long the oldest due message had waited, the worst of each hour.
  await db.raw(`CREATE TABLE queue_hours (
    hour DATETIME NOT NULL,
    stream ${word(64)} NOT NULL,
    age_ms BIGINT UNSIGNED NOT NULL,
    PRIMARY KEY (hour, stream)
  ) ${table}`);

  await db.raw(`CREATE TABLE roll_up_cursors (
    name ${word(32)} NOT NULL PRIMARY KEY,
    position BIGINT UNSIGNED NOT NULL,
    moved_at DATETIME(3) NOT NULL
  ) ${table}`);

  // When a running campaign last came further, so that one that is stuck shows.
  await db.raw(`CREATE TABLE campaign_motion (
    campaign_id ${id} NOT NULL PRIMARY KEY,
    settled BIGINT UNSIGNED NOT NULL,
    moved_at DATETIME(3) NOT NULL,
    FOREIGN KEY (campaign_id) REFERENCES campaigns (id) ON DELETE CASCADE
  ) ${table}`);

  // Passwords of the webhook door beside those of the environment; only hashes are kept.
  await db.raw(`CREATE TABLE webhook_passwords (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    user ${word(32)} NOT NULL,
    hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    created_at DATETIME(3) NOT NULL,
    created_by VARCHAR(200) NOT NULL,
    used_at DATETIME(3) NULL
  ) ${table}`);
}

/** Forward only: a mistake is mended by the next migration. */
export async function down(): Promise<void> {
  throw new Error('Migrations only go forward.');
}
