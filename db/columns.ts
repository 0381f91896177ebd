import type { Knex } from 'knex';

/** The columns of a row by their names in camelCase. */
export type Camel<Row> = { [Name in keyof Row & string as CamelCase<Name>]: Row[Name] };

/** A row with what the code knows better of some columns than the database, such as `{ state: MessageState }`. */
export type Known<Row, Better extends Partial<Record<keyof Row, unknown>>> = Omit<Row, keyof Better> & Better;

/** Columns to select, each named once; the rows that come have exactly these names. */
export interface Columns<Value> {
  /** For knex: `.select(columns.aliases)`. */
  aliases: Record<keyof Value & string, string>;
  /** For a statement: `m.id AS id, m.created_at AS createdAt`. */
  sql: string;
}

/** The rows that a selection gives: `type Session = Selected<typeof columns>`. */
export type Selected<Selection> = Selection extends Columns<infer Value> ? Value : never;

/**
 * `columns<MessagesRow>()('m', ['id', 'createdAt'], { attempts: 'attemptCount' })`: columns of a table, or of its alias
 * in the statement, in camelCase, and those that get another name.
 */
export function columns<Row>() {
  type Value = Camel<Row>;
  type Name = keyof Value & string;
  return <Same extends Name, Renamed extends Record<string, Name> = Record<never, Name>>(
    table: string,
    names: readonly Same[],
    renamed?: Renamed,
  ): Columns<Pick<Value, Same> & { [To in keyof Renamed]: Value[Renamed[To]] }> => {
    const entries = [...names.map(name => [name, name]), ...Object.entries(renamed ?? {})];
    const aliases = Object.fromEntries(entries.map(([to, from = '']) => [to, `${table}.${snakeCase(from)}`]));
    const sql = Object.entries(aliases).map(([to, column]) => `${column} AS ${to}`);
    return { aliases: aliases as Record<Same | (keyof Renamed & string), string>, sql: sql.join(', ') };
  };
}

/**
 * Moments of such columns as text in UTC, for `.select(...)` in a transaction that may be a caller's: its library would read
 * them as dates, in a zone that nobody knows.
 */
export function momentsAsText<Name extends string>(
  db: Knex,
  aliases: Record<Name, string>,
  names: readonly Name[],
): Record<Name, Knex.Raw> {
  const casts = names.map(name => [name, db.raw('CAST(?? AS CHAR)', [aliases[name]])]);
  return Object.fromEntries(casts);
}

/** The column behind a name in camelCase. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, capital => `_${capital.toLowerCase()}`);
}

type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;
