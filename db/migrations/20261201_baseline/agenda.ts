import type { Knex } from 'knex';
import { id, table } from './columns.ts';

/**
 * The scheduler's tables, as version 2 of its storage has them (the comment of the table of jobs says so). A copy: the
 * storage goes on changing, and a migration does not.
 */
export async function createAgendaTables(db: Knex): Promise<void> {
  const exact = await exactCollation(db);

  // sort_priority is -priority: MariaDB before 10.8 has no descending index parts, so the claim sorts upwards.
  // lock_seq counts claims and schedule_seq changes of next_run_at; both fence off a process that read an older value.
  // outcome is what is left of a run besides its schedule: 1 failed, 2 repeats, 0 neither.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_agenda_jobs (
    id ${id} NOT NULL PRIMARY KEY,
    name VARCHAR(255) COLLATE ${exact} NOT NULL,
    type VARCHAR(16) NOT NULL,
    priority INT NOT NULL,
    sort_priority INT NOT NULL,
    disabled TINYINT NOT NULL DEFAULT 0,
    next_run_at DATETIME(3) NULL,
    locked_at DATETIME(3) NULL,
    last_run_at DATETIME(3) NULL,
    last_finished_at DATETIME(3) NULL,
    failed_at DATETIME(3) NULL,
    fail_count INT NULL,
    fail_reason TEXT NULL,
    progress DOUBLE NULL,
    repeat_interval VARCHAR(255) NULL,
    repeat_timezone VARCHAR(64) NULL,
    repeat_at VARCHAR(255) NULL,
    start_date DATETIME(3) NULL,
    end_date DATETIME(3) NULL,
    skip_days VARCHAR(32) NULL,
    fork TINYINT NULL,
    debounce_started_at DATETIME(3) NULL,
    last_modified_by VARCHAR(255) NULL,
    data LONGTEXT NULL,
    unique_key BINARY(32) NULL,
    lock_seq INT UNSIGNED NOT NULL DEFAULT 0,
    schedule_seq INT UNSIGNED NOT NULL DEFAULT 0,
    started TINYINT NOT NULL DEFAULT 0,
    expired_count INT UNSIGNED NOT NULL DEFAULT 0,
    rev INT UNSIGNED NOT NULL DEFAULT 0,
    outcome TINYINT GENERATED ALWAYS AS (CASE
      WHEN failed_at IS NOT NULL AND (last_finished_at IS NULL OR failed_at >= last_finished_at) THEN 1
      WHEN repeat_interval IS NOT NULL AND repeat_interval NOT IN ('""', '0', 'null') THEN 2
      ELSE 0 END) STORED,
    UNIQUE KEY postlane_agenda_jobs_unique (unique_key),
    KEY postlane_agenda_jobs_claim (name, disabled, locked_at, next_run_at, sort_priority, outcome),
    KEY postlane_agenda_jobs_next (next_run_at, last_run_at)
  ) ${table} COMMENT='Agenda jobs, schema 2'`);

  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_agenda_signals (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    kind VARCHAR(8) NOT NULL,
    origin ${id} NOT NULL,
    payload TEXT NOT NULL,
    created_at DATETIME(3) NOT NULL,
    KEY postlane_agenda_signals_created (created_at)
  ) ${table}`);

  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_agenda_logs (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    logged_at DATETIME(3) NOT NULL,
    level VARCHAR(8) NOT NULL,
    event VARCHAR(16) NOT NULL,
    job_id VARCHAR(255) NULL,
    job_name VARCHAR(255) COLLATE ${exact} NOT NULL,
    message TEXT NOT NULL,
    duration DOUBLE NULL,
    error TEXT NULL,
    fail_count INT NULL,
    retry_delay DOUBLE NULL,
    retry_attempt INT NULL,
    agenda_name VARCHAR(255) NULL,
    meta TEXT NULL,
    KEY postlane_agenda_logs_at (logged_at),
    KEY postlane_agenda_logs_job (job_id, logged_at),
    KEY postlane_agenda_logs_name (job_name, logged_at)
  ) ${table}`);
}

// Names are compared exactly: 'Send' is not 'send', and 'send ' keeps its space (plain _bin ignores it).
async function exactCollation(db: Knex): Promise<string> {
  const [[row]] = await db.raw('SELECT VERSION() AS version');
  return String(row.version).includes('MariaDB') ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin';
}
