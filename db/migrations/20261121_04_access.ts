import type { Knex } from 'knex';

const id = 'CHAR(36) CHARACTER SET ascii COLLATE ascii_bin';
const hash = 'CHAR(64) CHARACTER SET ascii COLLATE ascii_bin';
const word = (length: number) => `VARCHAR(${length}) CHARACTER SET ascii COLLATE ascii_bin`;
const table = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin ROW_FORMAT=DYNAMIC';

/** Accounts of the admin app: who may sign in, their sessions, links and failed tries. No secret stands here readable. */
export async function up(db: Knex): Promise<void> {
  // No password: invited, and not yet come. totp_new waits for its first code before it becomes totp_secret.
  await db.raw(`CREATE TABLE accounts (
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

  await db.raw(`CREATE TABLE account_recovery_codes (
    account_id ${id} NOT NULL,
    code_hash ${hash} NOT NULL,
    used_at DATETIME(3) NULL,
    PRIMARY KEY (account_id, code_hash),
    FOREIGN KEY (account_id) REFERENCES accounts (id)
  ) ${table}`);

  await db.raw(`CREATE TABLE account_sessions (
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
    FOREIGN KEY (account_id) REFERENCES accounts (id)
  ) ${table}`);

  // Links and steps that count once: an invitation, a new password, the code after the password.
  await db.raw(`CREATE TABLE account_tickets (
    token_hash ${hash} NOT NULL PRIMARY KEY,
    account_id ${id} NOT NULL,
    purpose ${word(16)} NOT NULL,
    created_at DATETIME(3) NOT NULL,
    expires_at DATETIME(3) NOT NULL,
    used_at DATETIME(3) NULL,
    KEY account_tickets_account (account_id, purpose),
    KEY account_tickets_expiry (expires_at),
    FOREIGN KEY (account_id) REFERENCES accounts (id)
  ) ${table}`);

  // By the hash of what was tried, which need not exist: an account's name, an address, an account's code.
  await db.raw(`CREATE TABLE sign_in_failures (
    subject ${hash} NOT NULL PRIMARY KEY,
    failures INT UNSIGNED NOT NULL,
    failed_at DATETIME(3) NOT NULL,
    closed_until DATETIME(3) NULL,
    KEY sign_in_failures_failed (failed_at)
  ) ${table}`);
}

/** Forward only: a mistake is mended by the next migration. */
export async function down(): Promise<void> {
  throw new Error('Migrations only go forward.');
}
