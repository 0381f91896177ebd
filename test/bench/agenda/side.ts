import { PostgresBackend } from '@agendajs/postgres-backend';
import type { AgendaBackend, AgendaOptions } from 'agenda';
import { connect } from '../../../db/connect.ts';
import { createTables, dropTables, MysqlBackend } from '../../../worker/agenda-mysql/index.ts';
import type { Postgres } from './postgres.ts';

/** A backend under measurement, with the options of Agenda that suit it best. */
export interface Side {
  title: string;
  options: Partial<AgendaOptions>;
  /** A connected backend on empty tables. */
  open(): Promise<{ backend: AgendaBackend; close(): Promise<void> }>;
}

/** Tables of the benchmark begin with this. */
export const tablePrefix = 'bench_agenda_';

/** Our backend on the database of that URL. */
export function ourSide(databaseUrl: string): Side {
  return {
    title: 'ours',
    options: { processEvery: 1000, defaultLockLimit: 100 },
    async open() {
      await emptyTables(databaseUrl);
      const backend = new MysqlBackend({ connection: databaseUrl, tablePrefix, ensureSchema: false });
      await backend.connect();
      return { backend, close: () => backend.disconnect() };
    },
  };
}

/** Creates our tables again. */
export async function emptyTables(databaseUrl: string): Promise<void> {
  const db = connect(databaseUrl, { poolSize: 1 });
  await dropTables(db, tablePrefix);
  await createTables(db, tablePrefix);
  await db.destroy();
}

/** The official PostgreSQL backend with LISTEN/NOTIFY. A lock limit would cap it at limit / processEvery. */
export function officialSide(postgres: Postgres): Side {
  let runs = 0;
  return {
    title: 'official',
    options: { processEvery: 100 },
    async open() {
      const tableName = `bench_${++runs}`; // not one table emptied again and again, with its dead rows
      const backend = new PostgresBackend({
        connectionString: postgres.url,
        tableName,
        channelName: tableName,
      });
      await backend.connect();
      return { backend, close: () => backend.disconnect() };
    },
  };
}
