/** What of a session's settings decides whether our statements mean there what they mean in our own. */
export interface Session {
  charset: string;
  /** Null: results come as they are stored. */
  results: string | null;
  mode: string;
  autocommit: number;
}

/** Reads {@link Session} in one statement. */
export const sessionSql =
  'SELECT @@character_set_client AS charset, @@character_set_results AS results, @@sql_mode AS mode, @@autocommit AS autocommit';

/** The cipher of a session in its `Value`; empty without encryption. */
export const cipherSql = "SHOW SESSION STATUS LIKE 'Ssl_cipher'";

/** The mode of our own sessions. */
export const ownMode =
  'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION';

/** True when the mode refuses what does not fit, and reads our statements as they are meant. */
export function isFitMode(mode: string): boolean {
  const words = mode.split(',');
  return words.some(word => strict.has(word)) && !words.some(word => misread.has(word));
}

const strict = new Set(['STRICT_TRANS_TABLES', 'STRICT_ALL_TABLES', 'TRADITIONAL']);

const misread = new Set([
  'ANSI',
  'ANSI_QUOTES',
  'HIGH_NOT_PRECEDENCE',
  'NO_AUTO_VALUE_ON_ZERO',
  'NO_UNSIGNED_SUBTRACTION',
  'PAD_CHAR_TO_FULL_LENGTH',
  'PIPES_AS_CONCAT',
]);
