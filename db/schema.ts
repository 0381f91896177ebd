import type { Db } from './connect.ts';

/**
 * The definitions of our tables, those of knex's own history aside. MariaDB and MySQL spell the same table differently;
 * both come out as one text: without display widths, backticks, `DEFAULT NULL`, and what repeats the table's character set.
 */
export async function readSchema(db: Db): Promise<string> {
  const tables: string[] = [];
  for (const name of await tableNames(db)) {
    const [[row]] = await db.raw('SHOW CREATE TABLE ??', [name]);
    tables.push(normalised(row['Create Table']));
  }
  return `${heading}\n${tables.join('\n\n')}\n`;
}

const heading = `-- The tables as the migrations make them: written by "npm run schema", and compared by the tests.
-- On MySQL, utf8mb4_nopad_bin is called utf8mb4_0900_bin.
`;

async function tableNames(db: Db): Promise<string[]> {
  const rows: { name: string }[] = await db('information_schema.tables')
    .select({ name: 'table_name' })
    .whereRaw("table_schema = DATABASE() AND table_name LIKE 'postlane\\_%'");
  return rows
    .map(({ name }) => name)
    .filter(name => !name.startsWith('postlane_migrations'))
    .sort();
}

function normalised(definition: string): string {
  const lines = definition.replaceAll('`', '').split('\n');
  const [first, last] = [lines[0], lines.at(-1)?.replace(/ AUTO_INCREMENT=\d+/, '')];
  const parts = lines.slice(1, -1).map(line => line.replace(/,$/, ''));
  const isKey = (line: string) => /^ {2}(PRIMARY|UNIQUE|KEY|CONSTRAINT)\b/.test(line);
  const body = [
    ...parts.filter(line => !isKey(line)).map(column),
    ...parts.filter(isKey).map(spaced).sort(byKindOfKey),
  ];
  return `${first}\n${body.join(',\n')}\n${last};`;
}

function column(line: string): string {
  return line
    .replace(/int\(\d+\)/, 'int')
    .replace(' CHARACTER SET utf8mb4', '')
    .replace(' COLLATE utf8mb4_bin', '')
    .replace('utf8mb4_0900_bin', 'utf8mb4_nopad_bin')
    .replace(' DEFAULT NULL', '')
    .replace(/ DEFAULT '(\d+)'/, ' DEFAULT $1')
    .replace(/(?<= AS )\(.*\)(?= (?:VIRTUAL|STORED))/, expression => `(${plain(expression)})`);
}

// MySQL wraps every operation in parentheses and names the character set of every text.
function plain(expression: string): string {
  const bare = expression.replace(/_utf8mb4(?=')/g, '').replace(/,\s*/g, ', ');
  const comparison = /(?<=[( ])(?<!\bin )\(((?:[^()]|\bin \([^()]*\))*)\)/g;
  const single = bare.replace(comparison, (whole, inner) => (/ (?:and|or) /.test(inner) ? whole : inner));
  return single
    .replace(/when \((.+?)\) then/g, 'when $1 then')
    .replace(/^\(+(case .* end|\w+\(.*\))\)+$/, '$1');
}

function spaced(key: string): string {
  return key.replace(/,(?=\S)/g, ', ');
}

const kindsOfKey = ['PRIMARY', 'UNIQUE', 'KEY', 'CONSTRAINT'];

function byKindOfKey(a: string, b: string): number {
  const kind = (key: string) => kindsOfKey.indexOf(key.trim().split(' ')[0] ?? '');
  return kind(a) - kind(b) || (a < b ? -1 : 1);
}
