import { type Logger, pino } from 'pino';

/**
 * The log of the module. Errors are cut to what says where they come from: a database's own text quotes the values of
 * its statement, and those are addresses and bodies.
 */
export function safeLog(log: Logger): Logger {
  return log.child({}, { serializers: { err: safeError } });
}

/** An error without the values that it may quote. */
function safeError(error: unknown): Record<string, unknown> {
  const { type, message, stack, code, ...rest } = pino.stdSerializers.err(
    error as Error,
  ) as unknown as Record<string, string | undefined>;
  const frames = (stack ?? '').split('\n').filter(line => /^\s+at /.test(line));
  return 'sqlState' in rest || 'errno' in rest
    ? { type, code, errno: rest.errno, frames }
    : { type, code, message, frames };
}
