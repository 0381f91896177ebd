import { cpus } from 'node:os';
import { pino } from 'pino';
import { resolveDatabase } from '../../db/local.ts';
import { demoPolicy } from '../../server/demo/policy.ts';
import { demoTemplates } from '../../server/demo/templates.ts';
import { createMail, type Mail, type MailConfig } from '../../server/mail/index.ts';
import { describeServer } from './database.ts';
import type { Options } from './options.ts';
import { type Sink, startSink } from './sink.ts';

/** What the parts work with. */
export interface Bench extends Options {
  databaseUrl: string;
  /** Process id of the database server, where it runs beside us and can be known. */
  databasePid: number | null;
  /** What it was measured on, in words: engine, durability, Node, processors. */
  machine: string;
  say: (line: string) => void;
  signal: AbortSignal;
}

/** The sender of both sides. */
export const sender = 'Bench Shop <shop@sender.example>';

/** Runs `work` on a database made for it, on a server that keeps every commit safe unless `DATABASE_URL` names another. */
export async function withBench<T>(
  options: Options & Pick<Bench, 'say' | 'signal'>,
  work: (bench: Bench) => Promise<T>,
): Promise<T> {
  const { say, signal } = options;
  const { env } = process;
  const database = await resolveDatabase({ name: 'bench', env, log: say, signal });
  try {
    const { durability, pid } = await describeServer(database.url);
    const machine = `${database.engine}, ${durability}; Node ${process.versions.node}, ${processors()}`;
    say(machine);
    return await work({
      ...options,
      machine,
      databaseUrl: database.url,
      databasePid: env.DATABASE_URL ? null : pid,
    });
  } finally {
    await database.stop();
  }
}

/** Runs `work` with a sandbox in a process of its own, and a module that hands over to it. */
export async function withSink<T>(
  { databaseUrl, databasePid }: Bench,
  latencyMs: number,
  work: (mail: Mail, sink: Sink, config: MailConfig) => Promise<T>,
): Promise<T> {
  const sink = await startSink(latencyMs, databasePid);
  try {
    const { apiUrl, token, smtpUrl, caCertificate: smtpCa } = sink;
    const config: MailConfig = {
      database: databaseUrl,
      postmark: { apiUrl, token, smtpUrl, smtpCa },
      smtp: {},
      from: sender,
      logLevel: 'warn',
      templates: demoTemplates,
      policy: demoPolicy,
      logger: pino({ level: 'warn' }, pino.destination(2)),
    };
    const mail = await createMail(config);
    await mail.templates.files.import();
    try {
      return await work(mail, sink, config);
    } finally {
      await mail.close();
    }
  } finally {
    await sink.stop();
  }
}

function processors(): string {
  const [first, ...others] = cpus();
  return `${others.length + 1} x ${first?.model.trim() ?? 'unknown processor'}`;
}
