import { closest, distance } from 'fastest-levenshtein';
import Joi from 'joi';

/**
 * A moment: a Date, or ISO 8601 text that names its zone (`Z` or an offset). Text without one would be read in the
 * zone of whichever process takes it. Within what the database can keep.
 */
export const timestampSchema: Joi.DateSchema = Joi.date()
  .iso()
  .min('1970-01-01T00:00:00Z')
  .max('9999-12-31T23:59:59Z')
  .custom((at: Date, helper) =>
    typeof helper.original === 'string' && !namesZone(helper.original)
      ? helper.message({ custom: 'must name its zone: end it with Z or an offset like +02:00' })
      : at,
  );

// A day alone ends like an offset.
function namesZone(iso: string): boolean {
  return /T/i.test(iso) && /(Z|[+-]\d\d(:?\d\d)?)$/i.test(iso);
}

/**
 * The first fault of a failed validation, below `root`: its path (`data.items[2].price`) and joi's sentence without
 * the value it quotes, because input may be personal and errors end in logs.
 */
export function firstFault(error: Joi.ValidationError, root = ''): { path: string; fault: string } {
  const detail = error.details[0];
  return {
    path: (detail?.path ?? []).reduce<string>(joinPath, root),
    fault:
      detail?.message.replace(/^"[^"]*" /, '').replace(/^with value ".*" (?=fails )/s, '') ?? 'is not valid',
  };
}

/** A path with one more part: `data.items[2]`. */
export function joinPath(path: string, part: string | number): string {
  if (typeof part === 'number') return `${path}[${part}]`;
  // A field without a name is a field, too.
  const name = part === '' ? '""' : part;
  return path ? `${path}.${name}` : name;
}

/**
 * The sentence for one fault below `root`, its path first. A name that `schema` does not know is told with the nearest one
 * that it does.
 */
export function faultText(schema: Joi.Schema, detail: Joi.ValidationErrorItem, root = ''): string {
  const path = detail.path.reduce<string>(joinPath, root);
  if (detail.type !== 'object.unknown') {
    const [, fault = 'is not valid'] = /^(?:"[^"]*" )?(.*)$/s.exec(detail.message) ?? [];
    return `${path} ${fault.replace(/^with value ".*" (?=fails )/s, '')}.`;
  }
  const name = String(detail.path.at(-1));
  const meant = nearestName(name, namesAt(schema, detail.path.slice(0, -1)));
  return `${path} is not an option${meant ? `: did you mean ${meant}?` : '.'}`;
}

/** The name among `known` that a misspelt one stands for; undefined when none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const plain = name.toLowerCase();
  const nearest = closest(plain, [...known]);
  const near = distance(plain, nearest.toLowerCase()) <= Math.max(2, Math.floor(name.length / 3));
  return near ? nearest : known.find(one => one.length > 2 && plain.startsWith(one.toLowerCase()));
}

/** The names that a schema knows below a path; none where it cannot be followed. */
function namesAt(schema: Joi.Schema, path: readonly (string | number)[]): string[] {
  let here: Described | undefined = schema.describe() as Described;
  for (const part of path) here = here?.keys?.[part] ?? here?.patterns?.[0]?.rule ?? here?.items?.[0];
  return Object.keys(here?.keys ?? {});
}

/** What of joi's description of a schema says how it goes on below. */
interface Described {
  keys?: Record<string, Described>;
  patterns?: { rule: Described }[];
  items?: Described[];
}
