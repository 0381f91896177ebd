import { setTimeout as pause } from 'node:timers/promises';
import type { Mail } from '../../server/mail/index.ts';
import { startWorkerVictim } from '../chaos/victims/index.ts';
import { resetInput } from '../support/inputs.ts';
import { endVictims } from '../support/victims.ts';
import { type Bench, withSink } from './bench.ts';
import { plainTemplate } from './plain-template.ts';
import type { Result } from './report.ts';
import type { Sink } from './sink.ts';
import { median, percentile } from './statistics.ts';

/** How long the pretended Postmark takes to answer a REST call, in ms. */
const latencyMs = 30;
const resets = 40;
const everyMs = 100;
/** More than a worker sends in the time of all resets. */
const recipients = 6000;
/** How long a campaign may take to begin, or to end, in ms. */
const patienceMs = 120_000;

/**
 * Password resets from `send()` until Postmark has them while a worker, in a process of its own as in production, sends
 * a campaign as fast as it can; against the same resets with nothing else to do.
 */
export function measureLanes(bench: Bench): Promise<Result[]> {
  return withSink(bench, latencyMs, async (mail, sink, config) => {
    await startWorkerVictim(config, { pace: 'usual' });
    try {
      const runs = [];
      for (let round = 1; round <= bench.rounds; round += 1) {
        bench.signal.throwIfAborted();
        const alone = await timesOf(mail, bench.sends ?? resets);
        await sink.expectCount(alone.length);
        runs.push({ alone, ...(await besideCampaign(bench, mail, sink)) });
      }
      return resultsOf(runs);
    } finally {
      await endVictims();
    }
  });
}

interface BothTimes {
  /** Of each reset, in ms. */
  beside: number[];
  /** What the campaign did meanwhile, in mails/s. */
  rate: number;
}

async function besideCampaign(bench: Bench, mail: Mail, sink: Sink): Promise<BothTimes> {
  const { campaigns } = mail;
  const size = bench.recipients ?? recipients;
  const { name: _, ...data } = (await plainTemplate('newsletter')).sample;
  const { id } = await campaigns.create({ name: 'Bench', template: 'newsletter', topic: 'news', data });
  await campaigns.addRecipients(id, readers(size));
  await campaigns.launch(id);
  const sent = async () => (await campaigns.progress(id)).byState.sent ?? 0;
  await untilIt('the campaign has begun', async () => (await sent()) > 0);

  const [before, beganAt] = [await sent(), performance.now()];
  const beside = await timesOf(mail, bench.sends ?? resets);
  const rate = ((await sent()) - before) / ((performance.now() - beganAt) / 1000);

  await untilIt('the campaign has ended', async () => (await campaigns.progress(id)).open === 0);
  await sink.expectCount(beside.length + size);
  bench.say(`lanes: ${median(beside).toFixed(1)} ms beside a campaign at ${rate.toFixed(0)} mails/s`);
  return { beside, rate };
}

function resultsOf(runs: (BothTimes & { alone: number[] })[]): Result[] {
  const of = (share: number) => ({
    ours: percentile(
      runs.flatMap(({ beside }) => beside),
      share,
    ),
    pair: percentile(
      runs.flatMap(({ alone }) => alone),
      share,
    ),
    unit: 'ms' as const,
  });
  return [
    { part: 'lanes', ...of(0.5) },
    {
      part: 'lanes-p99',
      ...of(0.99),
      notes: [
        `lanes: a password reset until the provider has accepted it, one each ${everyMs} ms, while a worker sends a ` +
          `campaign at ${median(runs.map(({ rate }) => rate)).toFixed(0)} mails/s; pair: with nothing else to do.`,
      ],
    },
  ];
}

/** Resets at a steady pace, whatever becomes of the ones before. */
async function timesOf(mail: Mail, count: number): Promise<number[]> {
  const sends: Promise<number>[] = [];
  for (let i = 0; i < count; i += 1) {
    sends.push(timeOf(() => mail.send(resetInput(), { wait: true })));
    await pause(everyMs);
  }
  return Promise.all(sends);
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const beganAt = performance.now();
  await work();
  return performance.now() - beganAt;
}

function readers(count: number) {
  return Array.from({ length: count }, (_, i) => {
    const name = `Reader ${i}`;
    return { email: `reader${i}@mail.example`, name, data: { name } };
  });
}

async function untilIt(happens: string, check: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`It never came so far that ${happens}.`);
    await pause(20);
  }
}
