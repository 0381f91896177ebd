import { createHash } from 'node:crypto';

/** A short hash per field of a request: enough to tell which fields of a repeated one differ, without keeping them. */
export type Fingerprint = Record<string, string>;

/** Fingerprint of a request; the fields of `data` are told apart one by one. */
export function fingerprint(request: Record<string, unknown>): Fingerprint {
  const prints: Fingerprint = {};
  for (const [field, value] of Object.entries(request)) {
    if (field === 'data' && typeof value === 'object' && value !== null) {
      for (const [key, part] of Object.entries(value)) print(prints, `data.${key}`, part);
    } else {
      print(prints, field, value);
    }
  }
  return prints;
}

/** Names of the fields in which two fingerprints differ, sorted. */
export function differingFields(a: Fingerprint, b: Fingerprint): string[] {
  const fields = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...fields].filter(field => a[field] !== b[field]).sort();
}

// What has no JSON, undefined above all, is not there: so it is stored, and so it is compared.
function print(prints: Fingerprint, field: string, value: unknown): void {
  const json: string | undefined = canonicalJson(value);
  if (json !== undefined) prints[field] = hash(json);
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}

/** JSON with sorted keys: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** SHA-256 of a value's canonical JSON, in hex: equal values have equal hashes. */
export function contentHash(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
