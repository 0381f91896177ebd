/** A value of a statement. A list becomes `a, b`, a list of lists `(a, b), (c, d)`: what follows `IN`, in parentheses. */
export type SqlValue = string | number | bigint | boolean | null | Date | Uint8Array | readonly SqlValue[];

/**
 * Writes the values into a statement in place of its `?`. What comes out means the same in every session: whatever its
 * character set, and whether or not a backslash escapes; and no library that it passes through finds a placeholder.
 */
export function withLiterals(sql: string, values: readonly SqlValue[] = []): string {
  const parts = sql.split('?');
  if (parts.length !== values.length + 1)
    throw new Error(`A statement with ${parts.length - 1} placeholders was given ${values.length} values.`);
  return parts.reduce((text, part, i) => text + literal(values[i - 1] as SqlValue) + part);
}

function literal(value: SqlValue): string {
  if (value === null) return 'NULL';
  switch (typeof value) {
    case 'string':
      return text(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`${value} is no value of a statement.`);
      return String(value);
    case 'bigint':
      return String(value);
    case 'boolean':
      return value ? '1' : '0';
  }
  if (value instanceof Date) return text(value.toISOString().slice(0, 23).replace('T', ' '));
  if (value instanceof Uint8Array) return `X'${hex(value)}'`;
  if (Array.isArray(value))
    return value.map(item => (isList(item) ? `(${literal(item)})` : literal(item))).join(', ');
  throw new TypeError('Only text, numbers, moments, bytes and lists of them are values of a statement.');
}

function isList(value: SqlValue): value is readonly SqlValue[] {
  return Array.isArray(value);
}

// Neither a quote, a backslash nor what a library takes for a placeholder, and the same bytes in every character set.
const harmless = /^[\w .,@+/-]*$/;

function text(value: string): string {
  // With its character set: else the bytes would be read in the session's.
  return harmless.test(value) ? `_utf8mb4'${value}'` : `_utf8mb4 X'${hex(Buffer.from(value, 'utf8'))}'`;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
