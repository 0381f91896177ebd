import { writeFileSync } from 'node:fs';
import { connect } from './connect.ts';
import { resolveDatabase } from './local.ts';
import { migrate } from './migrate.ts';
import { rowTypes, tableTypes } from './row-types.ts';
import { readSchema } from './schema.ts';

// npm run schema: writes schema.sql, rows.ts and tables.ts from a database that is migrated for it.

const { url, stop } = await resolveDatabase({ name: 'test', env: process.env, log: console.log });
const db = connect(url);
try {
  await migrate(db);
  const schema = await readSchema(db);
  writeFileSync(new URL('schema.sql', import.meta.url), schema);
  writeFileSync(new URL('rows.ts', import.meta.url), rowTypes(schema));
  writeFileSync(new URL('tables.ts', import.meta.url), tableTypes(schema));
} finally {
  await db.destroy();
  await stop();
}
