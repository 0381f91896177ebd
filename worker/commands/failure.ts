import { isConnectionLost } from '../../db/error-codes.ts';
import { isWrongConfiguration } from '../../server/stopping.ts';
import { exitCodes } from './command.ts';

/** How a failed command ends. */
export interface Failure {
  /** For the person at the terminal. */
  message: string;
  exitCode: number;
  /** For those who have to find out more. */
  stack: string;
}

/** Errors that answer what was asked: their message alone is for the person at the terminal. */
const answers = new Set([
  'MailError',
  'AccountError',
  'CommandError',
  'ConfigError',
  'SchemaError',
  'UsageError',
]);

/** What the database's refusals mean, by their code. */
const refusals: Readonly<Record<string, string>> = {
  ER_ACCESS_DENIED_ERROR: 'The database does not accept this user and password.',
  ER_DBACCESS_DENIED_ERROR: 'The user of the database may not use the database of this name.',
  ER_BAD_DB_ERROR: 'There is no database of this name on the server: create it, or correct the name.',
  ER_TABLEACCESS_DENIED_ERROR: 'The user of the database lacks a right on one of our tables.',
  ER_NO_SUCH_TABLE: 'A table is missing: run postlane migrate.',
  ENOTFOUND: 'The host name of the database cannot be found.',
  ECONNREFUSED: 'The database does not answer: nothing listens at its address.',
};

/** What to print of an error, and the exit code. */
export function describeFailure(error: unknown): Failure {
  const {
    name,
    message,
    code = '',
    exitCode = isWrongConfiguration(error) ? exitCodes.config : exitCodes.no,
    stack,
  } = error as Partial<Error> & {
    code?: string;
    exitCode?: number;
  };
  const shown = { stack: stack ?? String(error) };
  if (name !== undefined && answers.has(name)) return { ...shown, message: message ?? name, exitCode };
  const refusal = refusals[code];
  if (refusal !== undefined) return { ...shown, message: refusal, exitCode: exitCodes.unavailable };
  if (isConnectionLost(error))
    return { ...shown, message: `The database does not answer (${code}).`, exitCode: exitCodes.unavailable };
  // The text of a database's error quotes the values of its statement, and those are addresses and bodies.
  const fromDatabase = typeof error === 'object' && error !== null && 'sqlState' in error;
  const what = fromDatabase ? `the database said ${code}` : (message ?? String(error));
  return {
    ...shown,
    message: `Something went wrong: ${what}. POSTLANE_DEBUG=1 shows where.`,
    exitCode: exitCodes.internal,
  };
}
