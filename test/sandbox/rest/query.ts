import { readQueryDate } from '../state/timestamps.ts';

/** Query parameters; their names are compared without case. */
export class Query {
  readonly #values = new Map<string, string>();

  constructor(search: URLSearchParams) {
    for (const [name, value] of search) this.#values.set(name.toLowerCase(), value);
  }

  /** Undefined when absent or empty. */
  text(name: string): string | undefined {
    const value = this.#values.get(name.toLowerCase());
    return value === '' ? undefined : value;
  }

  /** Undefined when absent, NaN when it is not a whole number. */
  integer(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    return /^-?\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
  }

  /** Undefined when absent, null when it is neither true nor false. */
  flag(name: string): boolean | null | undefined {
    const value = this.text(name)?.toLowerCase();
    if (value === undefined) return undefined;
    return value === 'true' ? true : value === 'false' ? false : null;
  }

  /** A moment in ms; undefined when absent, null when it is not a date. */
  date(name: string, edge: 'from' | 'to'): number | null | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : readQueryDate(value, edge);
  }

  /** The first parameter whose name starts with `prefix`, with the rest of its name in lower case. */
  prefixed(prefix: string): { key: string; value: string } | undefined {
    for (const [name, value] of this.#values) {
      if (name.startsWith(prefix)) return { key: name.slice(prefix.length), value };
    }
    return undefined;
  }
}

/** One page of a listing. */
export interface Page {
  count: number;
  offset: number;
}

/** Reads `count` and `offset`, mandatory where nothing else is said; a text says what is wrong with them. */
export function readPage(query: Query, otherwise?: Page): Page | string {
  const count = query.integer('count') ?? otherwise?.count;
  const offset = query.integer('offset') ?? otherwise?.offset;
  if (count === undefined) return "The 'count' parameter is required.";
  if (offset === undefined) return "The 'offset' parameter is required.";
  if (!(count >= 1 && count <= 500)) return "The 'count' parameter must be between 1 and 500.";
  if (!(offset >= 0)) return "The 'offset' parameter must be 0 or more.";
  if (count + offset > 10_000) return "The sum of 'count' and 'offset' must not be more than 10,000.";
  return { count, offset };
}

export function cut<T>(rows: readonly T[], { count, offset }: Page): T[] {
  return rows.slice(offset, offset + count);
}

/** `fromdate` and `todate` as moments in ms; a text says what is wrong with them. */
export function readRange(query: Query): { since?: number; until?: number } | string {
  const since = query.date('fromdate', 'from');
  const until = query.date('todate', 'to');
  if (since === null) return "The 'fromdate' parameter is not a valid date.";
  if (until === null) return "The 'todate' parameter is not a valid date.";
  return { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
}
