import { setTimeout as pause } from 'node:timers/promises';
import { Agenda } from 'agenda';
import { connect } from '../../../db/connect.ts';
import { MysqlBackend } from '../../../worker/agenda-mysql/index.ts';
import type { Bench } from '../bench.ts';
import type { Result } from '../report.ts';
import { emptyTables, tablePrefix } from './side.ts';

const names = 20;
const settleMs = 3000;
const watchedMs = 20_000; // a fifth of it in a trial

/** Queries a second of one worker that has nothing to do: 20 job names, one look a second. */
export async function measureIdle({ databaseUrl, jobs, say }: Bench): Promise<Result> {
  say('agenda: watching an idle worker');
  await emptyTables(databaseUrl);
  const db = connect(databaseUrl);
  const backend = new MysqlBackend({ knex: db, tablePrefix, ensureSchema: false });
  await backend.connect();
  const agenda = new Agenda({ backend, processEvery: 1000 });
  for (let at = 0; at < names; at += 1) agenda.define(`idle-${at}`, async () => {});
  try {
    await agenda.start();
    const ms = jobs === null ? watchedMs : watchedMs / 5;
    await pause(settleMs);
    let queries = 0;
    db.on('query', () => {
      queries += 1;
    });
    await pause(ms);
    return {
      part: `agenda idle, ${names} names, 1 s tick`,
      ours: queries / (ms / 1000),
      pair: null,
      unit: 'queries/s',
    };
  } finally {
    await agenda.stop();
    await backend.disconnect();
    await db.destroy();
  }
}
