import type { Knex } from 'knex';
import { addColumnIfMissing, addIndexIfMissing } from './helpers.ts';

const word = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;
const table = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC';

/**
 * One row for each thing that stands against an address: what a provider reported and what was refused here are separate
 * facts, and none takes the place of another. Rows of the release before are read as what they were.
 */
export async function up(db: Knex): Promise<void> {
  await widenSuppressions(db);

  // What was heard of an address on a provider's stream, by the provider's own dates. It is also what changes lock.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_suppression_fences (
    address VARCHAR(254) NOT NULL,
    stream ${word(64)} NOT NULL,
    known_to DATETIME(3) NULL,
    fenced_to DATETIME(3) NULL,
    unlisted_to DATETIME(3) NULL,
    lifted_to DATETIME(3) NULL,
    released_to DATETIME(3) NULL,
    PRIMARY KEY (address, stream)
  ) ${table}`);

  // Append-only: every report and every change, whatever it came to.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_suppression_changes (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    address VARCHAR(254) NOT NULL,
    scope ${word(16)} NOT NULL,
    stream ${word(64)} NOT NULL,
    topic ${word(64)} NOT NULL,
    source ${word(16)} NOT NULL,
    class ${word(16)} NOT NULL,
    active TINYINT NOT NULL,
    reason ${word(32)} NOT NULL,
    origin ${word(32)} NOT NULL,
    event_id BIGINT UNSIGNED NULL,
    note VARCHAR(500) NULL,
    changed_by VARCHAR(200) NULL,
    dated_at DATETIME(3) NULL,
    recorded_at DATETIME(3) NOT NULL,
    KEY suppression_changes_address (address, id)
  ) ${table}`);

  // Streams whose suppressions were all learnt, by the server that the token belongs to.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_learnt_streams (
    provider ${word(32)} NOT NULL,
    token_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    stream ${word(64)} NOT NULL,
    learnt_at DATETIME(3) NOT NULL,
    PRIMARY KEY (provider, token_hash, stream)
  ) ${table}`);

  // Which server a provider's lists came from; another one's say nothing about ours.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_provider_servers (
    provider ${word(32)} NOT NULL PRIMARY KEY,
    server_id ${word(64)} NOT NULL,
    accepted_at DATETIME(3) NOT NULL,
    accepted_by VARCHAR(200) NULL
  ) ${table}`);

  await convert(db);
}

async function widenSuppressions(db: Knex): Promise<void> {
  const columns: [string, string][] = [
    ['scope', `${word(16)} NOT NULL DEFAULT 'stream'`],
    ['topic', `${word(64)} NOT NULL DEFAULT ''`],
    ['source', `${word(16)} NOT NULL DEFAULT 'provider'`],
    // Empty in rows of the release before: then the reason and the origin say it.
    ['class', `${word(16)} NOT NULL DEFAULT ''`],
    ['reported', 'TINYINT NOT NULL DEFAULT 1'],
    ['dated_at', 'DATETIME(3) NULL'],
    ['fact_key', 'CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL'],
    // Names of topics and categories, with commas between; NULL where nobody can tell.
    ['reaches', 'TEXT NULL'],
    ['changed_by', 'VARCHAR(200) NULL'],
    ['recorded_at', 'DATETIME(3) NULL'],
    // What is still to be said to the providers of an entry of ours.
    ['offer', `${word(16)} NULL`],
  ];
  for (const [name, definition] of columns)
    await addColumnIfMissing(db, 'postlane_suppressions', name, definition);
  await db.raw(
    `ALTER TABLE postlane_suppressions DROP PRIMARY KEY,
     ADD PRIMARY KEY (address, scope, stream, topic, source, class)`,
  );
  await addIndexIfMissing(db, 'postlane_suppressions', 'suppressions_stream', ['stream', 'address']);
  await addIndexIfMissing(db, 'postlane_suppressions', 'suppressions_offer', ['offer']);
}

async function convert(db: Knex): Promise<void> {
  // An operator's lift stood in the row of what it lifted: what was reported before it stays lifted.
  await db.raw(
    `INSERT IGNORE INTO postlane_suppression_fences (address, stream, known_to, fenced_to, lifted_to, released_to)
     SELECT address, stream, changed_at,
       IF(origin = 'Operator' AND active = 0, changed_at, NULL),
       IF(origin <> 'Operator' AND active = 0, changed_at, NULL),
       IF(origin <> 'Operator' AND active = 0, changed_at, NULL)
     FROM postlane_suppressions WHERE class = ''`,
  );
  await db.raw(
    `UPDATE postlane_suppressions SET
       source = IF(origin = 'Operator', 'operator', 'provider'),
       dated_at = IF(origin = 'Operator', NULL, changed_at),
       recorded_at = changed_at,
       class = CASE
         WHEN origin = 'Operator' THEN 'operator'
         WHEN reason = 'SpamComplaint' THEN 'complaint'
         WHEN reason = 'HardBounce' THEN 'bounce'
         WHEN origin = 'Recipient' THEN 'unsubscribe'
         ELSE 'operator' END
     WHERE class = ''`,
  );
}
