/**
 * Any logger with these three: pino, bunyan, winston, log4js, console. pino and bunyan get `(details, message)`, every
 * other one `(message, details)`, each in the order that it expects.
 */
export interface Logger {
  info(...args: never[]): unknown;
  warn(...args: never[]): unknown;
  error(...args: never[]): unknown;
}

/** What goes beside a message; an error stands in `err`. */
type Details = Record<string, unknown> | object;

/** A line of a level, with its details in front where it has any. */
interface WriteLine {
  (details: Details, message: string): void;
  (message: string): void;
}

/** The log of the module: {@link safeLog}. */
export interface Log {
  info: WriteLine;
  warn: WriteLine;
  error: WriteLine;
}

type Level = keyof Log;

/**
 * The log of the module, over a host's logger. Errors are cut to what says where they come from: a database's own text
 * quotes the values of its statement, and those are addresses and bodies.
 */
export function safeLog(logger: Logger): Log {
  const detailsFirst = takesDetailsFirst(logger);
  const writer = (level: Level): WriteLine => {
    return (first: Details | string, text?: string) => {
      const line = logger as Record<Level, (...args: unknown[]) => unknown>;
      if (typeof first === 'string') line[level](first);
      else if (detailsFirst) line[level](safeDetails(first), text);
      else line[level](text, safeDetails(first));
    };
  };
  return { info: writer('info'), warn: writer('warn'), error: writer('error') };
}

const said = new WeakMap<Log, Set<string>>();

/** Warns of something that lasts, the first time that it is found. */
export function warnOnce(log: Log, message: string): void {
  const before = said.get(log) ?? new Set();
  said.set(log, before);
  if (before.has(message)) return;
  before.add(message);
  log.warn(message);
}

// Only pino tells its bindings, only bunyan has fields; the order of the arguments cannot be asked for.
function takesDetailsFirst(logger: object): boolean {
  return 'bindings' in logger || ('fields' in logger && 'streams' in logger);
}

function safeDetails(details: Details): Details {
  return 'err' in details ? { ...details, err: safeError(details.err) } : details;
}

const mostCauses = 5;

/** An error without the values that it may quote. */
function safeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return error;
  const { code, errno, cause, stack } = error as NodeJS.ErrnoException;
  const frames = (stack ?? '').split('\n').filter(line => /^\s+at /.test(line));
  const ofDatabase = 'sqlState' in error || 'errno' in error;
  return {
    type: error.constructor.name,
    ...(code !== undefined && { code }),
    ...(ofDatabase ? { errno } : { message: error.message }),
    frames,
    ...(cause !== undefined && depth < mostCauses && { cause: safeError(cause, depth + 1) }),
  };
}
