/** The schema of a database is not what this release works with, or cannot become it; the message says what to do. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
}
