import type { Knex } from 'knex';
import { hash, id, table, word } from './columns.ts';

/** The audit log, the accounts of the admin app, and the passwords of the webhook endpoint. */
export async function createAdministrationTables(db: Knex): Promise<void> {
  // The author of a change is known by an id of the host's, which may hold anything.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_audit_entries (
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
  ) ${table}`);

  // Without a password: invited, not signed in yet. totp_new waits for its first code before it becomes totp_secret.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_accounts (
    id ${id} NOT NULL PRIMARY KEY,
    email VARCHAR(254) NOT NULL,
    name VARCHAR(200) NOT NULL,
    role ${word(16)} NOT NULL,
    password ${word(255)} NULL,
    totp_secret ${word(255)} NULL,
    totp_new ${word(255)} NULL,
    totp_step BIGINT UNSIGNED NULL,
    created_at DATETIME(3) NOT NULL,
    seen_at DATETIME(3) NULL,
    disabled_at DATETIME(3) NULL,
    UNIQUE KEY accounts_email (email)
  ) ${table}`);

  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_account_recovery_codes (
    account_id ${id} NOT NULL,
    code_hash ${hash} NOT NULL,
    used_at DATETIME(3) NULL,
    PRIMARY KEY (account_id, code_hash),
    FOREIGN KEY (account_id) REFERENCES postlane_accounts (id)
  ) ${table}`);

  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_account_sessions (
    id ${id} NOT NULL PRIMARY KEY,
    token_hash ${hash} NOT NULL,
    account_id ${id} NOT NULL,
    browser VARCHAR(200) NOT NULL,
    created_at DATETIME(3) NOT NULL,
    seen_at DATETIME(3) NOT NULL,
    ended_at DATETIME(3) NULL,
    UNIQUE KEY account_sessions_token (token_hash),
    KEY account_sessions_account (account_id, seen_at),
    KEY account_sessions_seen (seen_at),
    FOREIGN KEY (account_id) REFERENCES postlane_accounts (id)
  ) ${table}`);

  // One-time tokens: an invitation, a new password, the code after the password.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_account_tokens (
    token_hash ${hash} NOT NULL PRIMARY KEY,
    account_id ${id} NOT NULL,
    purpose ${word(16)} NOT NULL,
    created_at DATETIME(3) NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    used_at DATETIME(3) NULL,
    KEY account_tokens_account (account_id, purpose),
    KEY account_tokens_expiry (expires_at),
    FOREIGN KEY (account_id) REFERENCES postlane_accounts (id)
  ) ${table}`);

  // By the hash of what was tried, which need not exist: an account's name, an address, an account's code.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_sign_in_failures (
    subject ${hash} NOT NULL PRIMARY KEY,
    failures INT UNSIGNED NOT NULL,
    failed_at DATETIME(3) NOT NULL,
    locked_until DATETIME(3) NULL,
    KEY sign_in_failures_failed (failed_at)
  ) ${table}`);

  // Beside the passwords of the environment; only hashes are kept.
  await db.raw(`CREATE TABLE IF NOT EXISTS postlane_webhook_passwords (
    id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
    user ${word(32)} NOT NULL,
    hash ${hash} NOT NULL,
    created_at DATETIME(3) NOT NULL,
    created_by VARCHAR(200) NOT NULL,
    used_at DATETIME(3) NULL
  ) ${table}`);
}
