import { type Answer, refuse } from './answer.ts';

/** Whether JSON is an object, not a list and not null. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The fields of a JSON body. Absent and null read alike; a field of the wrong type is noted in `wrong`. */
export class Fields {
  readonly wrong: string[] = [];
  readonly #values: Record<string, unknown>;

  constructor(values: Record<string, unknown>) {
    this.#values = values;
  }

  /** Whether the field came at all, even as null. */
  has(name: string): boolean {
    return this.#values[name] !== undefined;
  }

  text(name: string): string | undefined {
    return this.take(name, asText);
  }

  flag(name: string): boolean | undefined {
    return this.take(name, value => (typeof value === 'boolean' ? value : null));
  }

  integer(name: string): number | undefined {
    return this.take(name, value => (Number.isSafeInteger(value) ? Number(value) : null));
  }

  object(name: string): Record<string, unknown> | undefined {
    return this.take(name, value => (isObject(value) ? value : null));
  }

  /** Every item must be read; one that cannot makes the whole field wrong. */
  list<T>(name: string, read: (item: unknown) => T | null): T[] | undefined {
    return this.take(name, value => asList(value, read));
  }

  /** The value as `read` takes it; it answers null for what it cannot take. */
  take<T>(name: string, read: (value: unknown) => T | null): T | undefined {
    const value = this.#values[name];
    if (value === undefined || value === null) return undefined;
    const taken = read(value);
    if (taken === null) this.wrong.push(name);
    return taken ?? undefined;
  }

  /** The refusal of a body with fields of the wrong type; null when there are none. */
  get fault(): Answer | null {
    return this.wrong.length === 0 ? null : refuse(403, wrongFields(this.wrong));
  }
}

/** The text of code 403. */
export function wrongFields(names: readonly string[]): string {
  return `Invalid request field(s): ${names.map(name => `'${name}'`).join(', ')}.`;
}

/** The option meant, without case; null when it is not among them. */
export function asOption<T extends string>(options: readonly T[], value: unknown): T | null {
  if (typeof value !== 'string') return null;
  return options.find(option => option.toLowerCase() === value.toLowerCase()) ?? null;
}

export function asHeader(value: unknown): { Name: string; Value: string } | null {
  if (!isObject(value)) return null;
  const { Name, Value } = value;
  return typeof Name === 'string' && typeof Value === 'string' ? { Name, Value } : null;
}

/** Texts by name; numbers and flags are refused, as metadata values are. */
export function asTexts(value: unknown): Record<string, string> | null {
  if (!isObject(value)) return null;
  const entries = Object.entries(value);
  return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')
    ? Object.fromEntries(entries)
    : null;
}

function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function asList<T>(value: unknown, read: (item: unknown) => T | null): T[] | null {
  if (!Array.isArray(value)) return null;
  const items = value.map(read);
  return items.every(item => item !== null) ? items : null;
}
