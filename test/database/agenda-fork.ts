import { Agenda, type Job } from 'agenda';
import { MysqlBackend } from '../../worker/agenda-mysql/index.ts';

// The process Agenda forks for one job: argv is the job's name, its id and the file that defined it.
const [, , name = '', id = ''] = process.argv;
const { TEST_DATABASE_URL = '', PREFIX = '' } = process.env;

const backend = new MysqlBackend({ connection: TEST_DATABASE_URL, tablePrefix: PREFIX, signals: false });
await backend.connect();
const agenda = new Agenda({ backend, forkedWorker: true });
await agenda.ready;

agenda.define('forked', async (job: Job<{ fail: boolean }>) => {
  if (job.attrs.data.fail) throw new Error('failed in the child');
  const message = `ran in ${process.pid}`;
  await backend.logger.log({ timestamp: new Date(), level: 'info', event: 'start', jobName: name, message });
});

process.on('disconnect', () => process.exit());
try {
  await agenda.runForkedJob(id);
  await backend.disconnect();
  process.exit(0);
} catch (error) {
  process.send?.(JSON.stringify({ message: error instanceof Error ? error.message : String(error) }));
  process.exit(1);
}
