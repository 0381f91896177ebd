// Two transactions got in each other's way and the server undid one of them: nothing of it is left.
const lockConflicts = new Set<unknown>([
  1205, // ER_LOCK_WAIT_TIMEOUT
  1213, // ER_LOCK_DEADLOCK
  1020, // ER_CHECKREAD of MariaDB: "record has changed since last read", its way to say the same
]);

// Lost on the way: a commit may have arrived and only its answer be missing.
const lostConnections = new Set<unknown>([
  'PROTOCOL_CONNECTION_LOST',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ER_CONNECTION_KILLED',
  'ER_SERVER_SHUTDOWN',
]);

// No connection was made: nothing has reached the server.
const failedConnects = new Set<unknown>([
  'ECONNREFUSED',
  'ENOENT', // the socket's file is gone while the server restarts
  'ER_CON_COUNT_ERROR',
]);

const duplicateEntry = 1062;

/** True when the database undid the work in favour of a rival's: it may be repeated whatever it does. */
export function isLockConflict(error: unknown): boolean {
  return lockConflicts.has(errnoOf(error));
}

/**
 * True when the connection was lost or could not be made. Work that had begun may have been committed all the same:
 * only what changes nothing when done twice may be repeated.
 */
export function isConnectionLost(error: unknown): boolean {
  const code = property(error, 'code');
  // A connection found dead when it is about to be used fails with no code at all.
  if (code === undefined) return property(error, 'fatal') === true;
  return lostConnections.has(code) || failedConnects.has(code);
}

/** True when a wait for the server took as long as it may, so that another try makes the caller wait as long again. */
export function isTimeout(error: unknown): boolean {
  return property(error, 'code') === 'ETIMEDOUT';
}

// The row itself is not what its table takes.
const rowFaults = new Set<unknown>([
  1048, // ER_BAD_NULL_ERROR
  1062, // ER_DUP_ENTRY
  1264, // ER_WARN_DATA_OUT_OF_RANGE
  1265, // WARN_DATA_TRUNCATED
  1292, // ER_TRUNCATED_WRONG_VALUE
  1366, // ER_TRUNCATED_WRONG_VALUE_FOR_FIELD
  1406, // ER_DATA_TOO_LONG
  1452, // ER_NO_REFERENCED_ROW_2
]);

/**
 * True when one row, or what is made of it, is at fault, and others may fare better: not when the database cannot be
 * reached, is busy, or refuses the statement whatever its values.
 */
export function isFaultOfRow(error: unknown): boolean {
  const errno = errnoOf(error);
  if (errno !== undefined) return rowFaults.has(errno);
  if (isConnectionLost(error) || property(error, 'name') === 'KnexTimeoutError') return false;
  // Codes of the system and of the driver are in capitals; those of wrong arguments are made by values.
  const code = property(error, 'code');
  return typeof code !== 'string' || !/^[A-Z]/.test(code) || code.startsWith('ERR_INVALID_');
}

/** True when a unique key refused a row. */
export function isDuplicate(error: unknown): boolean {
  return errnoOf(error) === duplicateEntry;
}

/** The server's number of an error, also where the library of a caller's transaction has wrapped the driver's error. */
export function errnoOf(error: unknown): number | undefined {
  for (const key of ['errno', 'code', 'originalCode'] as const) {
    const number = Number(property(error, key));
    if (Number.isInteger(number) && number >= 1000) return number;
  }
  for (const key of ['cause', 'original', 'driverError', 'meta', 'driverAdapterError'] as const) {
    const inner = property(error, key);
    const number = inner === error ? undefined : errnoOf(inner);
    if (number !== undefined) return number;
  }
  return undefined;
}

type Key =
  | 'name'
  | 'errno'
  | 'code'
  | 'originalCode'
  | 'fatal'
  | 'cause'
  | 'original'
  | 'driverError'
  | 'meta'
  | 'driverAdapterError';

function property(error: unknown, key: Key): unknown {
  return typeof error === 'object' && error !== null && key in error
    ? (error as Record<string, unknown>)[key]
    : undefined;
}
