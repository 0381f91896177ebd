/** The TypeScript types of rows, from the text of `readSchema`: what db/rows.ts holds. Agenda's tables know their own. */
export function rowTypes(schema: string): string {
  return `${heading}\n${tablesOf(schema).map(rowInterface).join('\n')}`;
}

/** What tells knex of these rows: what db/tables.ts holds. Apart, so that no host's knex is told of our tables. */
export function tableTypes(schema: string): string {
  return `${heading}import type * as rows from './rows.ts';
import type { Table } from './table.ts';

${registration(tablesOf(schema))}`;
}

function tablesOf(schema: string): TableOf[] {
  return [...schema.matchAll(/^CREATE TABLE postlane_(?!agenda_)(\w+) \(\n([^;]*)^\)/gm)].map(
    ([, name = '', body = '']) => ({ name, row: `${pascal(name)}Row`, columns: columnsOf(body) }),
  );
}

const heading = `// What the tables of schema.sql hold, as mysql2 gives it: written by "npm run schema", and compared by the tests.
`;

interface TableOf {
  name: string;
  row: string;
  columns: Column[];
}

interface Column {
  name: string;
  type: string;
  /** The database fills it in where an insert leaves it out, and not with NULL. */
  hasDefault: boolean;
}

function columnsOf(body: string): Column[] {
  const columns = body.split('\n').filter(line => /^ {2}[a-z]/.test(line));
  return columns.map(line => {
    const [, name = '', sqlType = ''] = /^ {2}(\w+) (\w+)/.exec(line) ?? [];
    return {
      name,
      type: `${typeOf(name, sqlType)}${line.includes(' NOT NULL') ? '' : ' | null'}`,
      hasDefault: / DEFAULT | AUTO_INCREMENT/.test(line),
    };
  });
}

const types: Record<string, string> = {
  bigint: 'number | string', // a string above Number.MAX_SAFE_INTEGER
  binary: 'Buffer',
  char: 'string',
  date: 'Date',
  datetime: 'Date',
  double: 'number',
  int: 'number',
  longblob: 'Buffer',
  longtext: 'string',
  text: 'string',
  tinyint: 'number',
  varchar: 'string',
};

function typeOf(column: string, sqlType: string): string {
  const type = types[sqlType];
  if (!type) throw new Error(`The column ${column} has a type without a TypeScript type: ${sqlType}.`);
  return type;
}

function rowInterface({ row, columns }: TableOf): string {
  return `export interface ${row} {\n${columns.map(({ name, type }) => `  ${name}: ${type};\n`).join('')}}\n`;
}

function registration(tables: TableOf[]): string {
  const entries = tables.map(({ name, row, columns }) => {
    const defaults = columns.filter(({ hasDefault }) => hasDefault).map(column => `'${column.name}'`);
    return `    postlane_${name}: Table<${[`rows.${row}`, ...(defaults.length > 0 ? [defaults.join(' | ')] : [])].join(', ')}>;\n`;
  });
  return `declare module 'knex/types/tables.js' {\n  interface Tables {\n${entries.join('')}  }\n}\n`;
}

function pascal(name: string): string {
  return name.replace(/(?:^|_)(\w)/g, (_, initial: string) => initial.toUpperCase());
}
