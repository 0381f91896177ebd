import { isDeepJson } from '../body/depth.ts';
import { guidOf } from '../mail/index.ts';
import { Refused } from './refused.ts';

/** What an application reports. */
export interface Unsubscribe {
  /** GUIDs as they were sent. */
  accountGuid: string;
  trackingGuid: string;
  unsubscribed: boolean;
}

/** Reads a body, JSON or a form; the case of names does not count, and what is not asked for is ignored. Throws {@link Refused}. */
export function readUnsubscribe(text: string): Unsubscribe {
  const fields = fieldsIn(text);
  return {
    accountGuid: guid(fields, 'accountGuid'),
    trackingGuid: guid(fields, 'trackingGuid'),
    unsubscribed: flag(fields, 'unsubscribed'),
  };
}

/** By their names in lower case; all the values that were given. */
type Fields = ReadonlyMap<string, readonly unknown[]>;

function fieldsIn(text: string): Fields {
  const fields = new Map<string, unknown[]>();
  for (const [name, value] of entriesIn(text.replace(/^\uFEFF/, ''))) {
    const key = name.toLowerCase();
    const values = fields.get(key);
    if (values) values.push(value);
    else fields.set(key, [value]);
  }
  return fields;
}

function entriesIn(text: string): Iterable<[string, unknown]> {
  const json = parsed(text);
  if (json === undefined) return new URLSearchParams(text.trim());
  if (typeof json === 'object' && json !== null && !Array.isArray(json)) return Object.entries(json);
  throw new Refused(
    400,
    'invalid-input',
    'The body must be an object with accountGuid, trackingGuid and unsubscribed.',
  );
}

/** Undefined for what is no JSON. */
function parsed(text: string): unknown {
  if (isDeepJson(Buffer.from(text))) throw new Refused(400, 'invalid-input', 'The body is nested too deep.');
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function guid(fields: Fields, name: string): string {
  const value = only(fields, name);
  if (typeof value === 'string' && guidOf(value) !== null) return value.trim();
  throw wrong(name, 'must be a GUID, such as 0d5e0e0c-7f0c-4c7e-9d0b-0a3f6a2f4b11, with braces or without.');
}

const flags = new Map<unknown, boolean>([
  ...([true, 'true', 1, '1'] as const).map(one => [one, true] as const),
  ...([false, 'false', 0, '0'] as const).map(one => [one, false] as const),
]);

function flag(fields: Fields, name: string): boolean {
  const value = only(fields, name);
  const read = flags.get(typeof value === 'string' ? value.trim().toLowerCase() : value);
  if (read !== undefined) return read;
  throw wrong(name, 'must be true or false.');
}

function only(fields: Fields, name: string): unknown {
  const values = fields.get(name.toLowerCase()) ?? [];
  if (values.length === 0) throw wrong(name, 'is missing.');
  if (values.length > 1) throw wrong(name, 'is given more than once.');
  return values[0];
}

function wrong(name: string, problem: string): Refused {
  return new Refused(400, 'invalid-input', `${name} ${problem}`, name);
}
