import type { Knex } from 'knex';
import { jobTablePrefix } from '../../../db/job-tables.ts';
import { type DashboardAgenda, dashboardAgenda, MysqlBackend } from '../../../worker/agenda-mysql/index.ts';
import type { Mail } from '../../mail/index.ts';

/** The jobs of the workers, as their storage knows them; this process runs none. */
export interface JobStorage {
  mail: Mail;
  /** The database that the jobs are in. */
  db: Knex;
  /** Connected at the first use; an error says what is wrong with the tables. */
  backend(): Promise<MysqlBackend>;
  agenda(): Promise<DashboardAgenda>;
}

/** The jobs that workers keep in this database. */
export function jobStorage(mail: Mail, db: Knex): JobStorage {
  const backend = new MysqlBackend({
    knex: db,
    tablePrefix: jobTablePrefix,
    ensureSchema: false,
    onError: err => mail.log.warn({ err }, 'job storage fault'),
  });
  let agenda: Promise<DashboardAgenda> | undefined;
  return {
    mail,
    db,
    async backend() {
      await backend.connect();
      return backend;
    },
    agenda() {
      agenda ??= dashboardAgenda(backend, 'pages').catch(error => {
        agenda = undefined;
        throw error;
      });
      return agenda;
    },
  };
}
