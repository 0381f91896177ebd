import { connect } from '../../db/connect.ts';
import { alertLine } from '../../server/admin/overview/alerts.ts';
import type { Config } from '../../server/config/index.ts';
import type { Alert, Mail, Queue, ReconciliationRun, StreamView } from '../../server/mail/index.ts';
import type { AddCommands } from './command.ts';
import { withExample } from './help.ts';
import { ago, moment, span, table } from './layout.ts';
import { workerPatienceMs, workerSeenAt } from './worker-heartbeat-store.ts';

/** `postlane status`: what is owed, what needs attention and who is at work. */
export const addStatus: AddCommands = (program, { withMail, answer }) => {
  withExample(
    program
      .command('status')
      .description('the queue, alerts, the worker, reconciliation, templates, streams'),
    'postlane status',
    'postlane status --json',
  ).action(() =>
    withMail(async (mail, config) => {
      const status = await statusOf(mail, config);
      answer(described(status), status);
    }),
  );
};

/** What the command answers. */
interface Status {
  queue: Queue['states'];
  due: Queue['due'];
  alerts: { kind: Alert['kind']; text: string }[];
  worker: { alive: boolean; seenAt: Date | null };
  /** Those that have shown themselves within two minutes; null where that could not be read. */
  processes: { apps: number; workers: number } | null;
  reconciliations: Pick<ReconciliationRun, 'day' | 'stream' | 'startedAt' | 'problem'>[];
  templates: string[];
  streams: StreamView[];
}

async function statusOf(mail: Mail, config: Config): Promise<Status> {
  const [queue, alerts, seenAt, runs, templates, streams, { processes }] = await Promise.all([
    mail.monitoring.queue(),
    mail.monitoring.alerts(),
    workerSeen(config),
    mail.reconciliations.list(),
    mail.templates.keys(),
    mail.connections.streams(),
    mail.health(),
  ]);
  const latest = runs.filter(({ day }) => day === runs[0]?.day);
  return {
    queue: queue.states,
    due: queue.due,
    alerts: alerts.map(alert => ({ kind: alert.kind, text: alertLine(alert).text })),
    worker: { alive: seenAt !== null && Date.now() - seenAt.getTime() < workerPatienceMs, seenAt },
    processes: processes && { apps: processes.apps, workers: processes.workers },
    reconciliations: latest.map(({ day, stream, startedAt, problem }) => ({
      day,
      stream,
      startedAt,
      problem,
    })),
    templates,
    streams,
  };
}

async function workerSeen({ database }: Config): Promise<Date | null> {
  const db = connect(database, { poolSize: 1 });
  try {
    return await workerSeenAt(db);
  } finally {
    await db.destroy();
  }
}

function described({
  queue,
  due,
  alerts,
  worker,
  processes,
  reconciliations,
  templates,
  streams,
}: Status): string {
  return [
    `Worker: ${worker.alive ? 'running' : 'not running'} (${worker.seenAt ? `a job ran ${ago(worker.seenAt)}` : 'no job ever ran'})`,
    ...(processes ? [`Processes: ${processes.apps} apps, ${processes.workers} workers`] : []),
    ...section('Queue', [
      ...queue.map(({ state, count, oldestAt }) => [
        state,
        String(count),
        oldestAt ? `oldest accepted ${ago(oldestAt)}` : '',
      ]),
    ]),
    ...section(
      'Due',
      due.map(({ stream, lane, ageMs }) => [stream, lane, `oldest due for ${span(ageMs)}`]),
      'Nothing is due.',
    ),
    '',
    'Alerts',
    ...(alerts.length > 0 ? alerts.map(({ text }) => `  ${text}`) : ['  None.']),
    ...section(
      'Last reconciliation',
      reconciliations.map(({ day, stream, startedAt, problem }) => [
        day,
        stream,
        `begun ${moment(startedAt)}`,
        problem ?? 'no problem',
      ]),
      'There was none yet.',
    ),
    ...section(
      'Streams',
      streams.map(({ name, transports, categories, suppressed, more }) => [
        name,
        transports.join(', '),
        `${suppressed}${more ? ' or more' : ''} suppressed`,
        categories.join(', '),
      ]),
    ),
    '',
    `Published templates: ${templates.join(', ') || 'none: run postlane templates push'}`,
  ].join('\n');
}

function section(title: string, rows: string[][], empty = 'None.'): string[] {
  const lines = rows.length > 0 ? table(rows).split('\n') : [empty];
  return ['', title, ...lines.map(line => `  ${line}`)];
}
