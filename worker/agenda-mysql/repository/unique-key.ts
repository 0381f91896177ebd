import { createHash } from 'node:crypto';

/**
 * The value of the UNIQUE column: two saves are the same job when kind, name and the whole `unique` object are
 * equal. Hashed, so any key or value is safe: quotes, dots and `__proto__` are only bytes here.
 */
export function uniqueKey(kind: 'single' | 'unique', name: string, unique: Record<string, unknown>): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([kind, name, canonical(unique)]))
    .digest();
}

// Objects as sorted pairs: the order of keys says nothing, and the marker keeps them apart from real arrays.
function canonical(value: unknown): unknown {
  const plain = value instanceof Date ? value.toJSON() : value;
  if (Array.isArray(plain)) return plain.map(canonical);
  if (typeof plain !== 'object' || plain === null) return plain;
  const pairs = Object.entries(plain).filter(([, each]) => each !== undefined);
  pairs.sort(([a], [b]) => (a < b ? -1 : 1));
  return { pairs: pairs.map(([key, each]) => [key, canonical(each)]) };
}
