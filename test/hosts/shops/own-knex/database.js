import knex from 'knex';

/** The one pool of the shop. Its session is not the one that a mail module would choose. */
export const db = knex({
  client: 'mysql2',
  connection: { uri: process.env.DATABASE_URL, timezone: 'local', dateStrings: true },
  pool: { min: 0, max: 8, afterCreate: (connection, done) => connection.query("SET time_zone = '+02:00'", done) },
  migrations: { directory: './migrations', loadExtensions: ['.js'] },
});
