import type { Knex } from 'knex';

/** A table as knex knows it: what a row holds, what an insert needs, what an update may set. */
export type Table<Row, WithDefault extends keyof Row = never> = Knex.CompositeTableType<
  Row,
  Written<Omit<Row, WithDefault | Nullable<Row>>> & Partial<Written<Pick<Row, WithDefault | Nullable<Row>>>>,
  Partial<Written<Row>>
>;

type Nullable<Row> = { [Key in keyof Row]: null extends Row[Key] ? Key : never }[keyof Row];

/** What may be given for columns: moments also as text, which no session's time zone changes. */
type Written<Row> = {
  [Key in keyof Row]: Row[Key] | (Date extends Row[Key] ? string : never) | Knex.Raw;
};
