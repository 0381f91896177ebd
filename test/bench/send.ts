import { setTimeout as pause } from 'node:timers/promises';
import { ServerClient } from 'postmark';
import { v7 as newId } from 'uuid';
import type { Mail } from '../../server/mail/index.ts';
import { attemptKey } from '../../server/mail/providers/transport.ts';
import { resetInput } from '../support/inputs.ts';
import { type Bench, sender, withSink } from './bench.ts';
import { costOf, type Effort } from './effort.ts';
import type { Result } from './report.ts';
import type { Sink } from './sink.ts';
import { median, percentile } from './statistics.ts';

/** How long the pretended Postmark takes to answer, in ms. */
const latencyMs = 30;

/** One after the other, and many at once; neither longer than its time in ms, however slow the machine. */
const latency = { sends: 60, atOnce: 1, limitMs: 4_000 };
const throughput = { sends: 640, atOnce: 32, limitMs: 5_000 };
const acceptances = { sends: 50, limitMs: 5_000 };

/** A password reset from `send()` until Postmark has it, against the bare client with the same content, in turn. */
export function measureSend(bench: Bench): Promise<Result[]> {
  return withSink(bench, latencyMs, async (mail, sink) => {
    const sides = {
      ours: () => mail.send(resetInput(), { wait: true }),
      pair: await bareSend(mail, sink),
    };
    const most = bench.sends ?? throughput.sends;
    const runs = { ours: [] as Runs[], pair: [] as Runs[] };
    for (let round = 0; round <= bench.rounds; round += 1) {
      for (const side of ['ours', 'pair'] as const) {
        bench.signal.throwIfAborted();
        const alone = await run(sink, atMost(latency, most), sides[side]);
        const together = await run(sink, { ...throughput, sends: most }, sides[side]);
        bench.say(
          `send, ${round === 0 ? 'warm-up' : `round ${round}`}: ${side} ${median(alone.times).toFixed(1)} ms, ` +
            `${perSecond(together).toFixed(0)} mails/s`,
        );
        if (round > 0) runs[side].push({ alone, together });
      }
    }
    return [...resultsOf(runs, most), acceptance(await acceptanceTimes(mail, atMost(acceptances, most)))];
  });
}

function atMost<T extends { sends: number }>(size: T, most: number): T {
  return { ...size, sends: Math.min(size.sends, most) };
}

/** The time of each send, and what all of them took. */
interface Run {
  times: number[];
  effort: Effort;
}

interface Runs {
  alone: Run;
  together: Run;
}

function resultsOf(runs: { ours: Runs[]; pair: Runs[] }, most: number): Result[] {
  const part = (name: string, unit: Result['unit'], figure: (side: Runs[]) => number): Result => ({
    part: name,
    ours: figure(runs.ours),
    pair: figure(runs.pair),
    unit,
  });
  const times = (side: Runs[]) => side.flatMap(({ alone }) => alone.times);
  const cost = (side: Runs[]) => {
    const together = side.map(one => one.together);
    return costOf(
      together.map(({ effort }) => effort),
      median(together.map(one => one.times.length)),
    );
  };
  return [
    part('send', 'ms', side => percentile(times(side), 0.5)),
    part('send-p95', 'ms', side => percentile(times(side), 0.95)),
    {
      ...part('send-throughput', 'mails/s', side => median(side.map(({ together }) => perSecond(together)))),
      notes: [
        `send: time until the provider has accepted, median (p95); ${runs.ours.length} rounds, the sandbox answers after ` +
          `${latencyMs} ms; up to ${Math.min(latency.sends, most)} sends one ` +
          `by one, then up to ${most}, ${throughput.atOnce} at once.`,
        `  ours, ${throughput.atOnce} at once: ${cost(runs.ours)}`,
        `  pair, ${throughput.atOnce} at once: ${cost(runs.pair)}`,
      ],
    },
  ];
}

function acceptance(times: number[]): Result {
  return {
    part: 'send-accept',
    ours: median(times),
    pair: null,
    unit: 'ms',
    notes: ['send-accept: send() without waiting for the hand-over, median.'],
  };
}

function perSecond({ times, effort }: Run): number {
  return (times.length / effort.ms) * 1000;
}

/** The bare client with what the provider got in one of our own messages, and the metadata that ours carry. */
async function bareSend(mail: Mail, sink: Sink): Promise<() => Promise<unknown>> {
  const { protocol, host } = new URL(sink.apiUrl);
  const client = new ServerClient(sink.token, { useHttps: protocol === 'https:', requestHost: host });
  await mail.send(resetInput(), { wait: true });
  const [ours] = (await client.getOutboundMessages({ count: 1, offset: 0 })).Messages;
  if (!ours) throw new Error('No message of ours has come.');
  const { Subject, HtmlBody = '', TextBody = '' } = await client.getOutboundMessageDetails(ours.MessageID);
  await sink.expectCount(1);
  return () =>
    client.sendEmail({
      From: sender,
      To: String(resetInput().to),
      Subject,
      HtmlBody,
      TextBody,
      MessageStream: 'outbound',
      Metadata: { [attemptKey]: newId() },
    });
}

/** Sends as often as asked, so many at once, and stops early when its time is over. All that was sent must come. */
async function run(
  sink: Sink,
  { sends, atOnce, limitMs }: typeof throughput,
  send: () => Promise<unknown>,
): Promise<Run> {
  const times: number[] = [];
  const endAt = performance.now() + limitMs;
  let left = sends;
  const lane = async () => {
    while (left > 0 && performance.now() < endAt) {
      left -= 1;
      const startedAt = performance.now();
      await send();
      times.push(performance.now() - startedAt);
    }
  };
  const effort = await sink.measure(() => Promise.all(Array.from({ length: atOnce }, lane)));
  await sink.expectCount(times.length);
  return { times, effort };
}

/** One at a time, each after the hand-over of the one before: what a request waits for. */
async function acceptanceTimes(mail: Mail, { sends, limitMs }: typeof acceptances): Promise<number[]> {
  const times: number[] = [];
  const began = performance.now();
  while (times.length < sends && performance.now() - began < limitMs) {
    const startedAt = performance.now();
    await mail.send(resetInput());
    times.push(performance.now() - startedAt);
    await pause(latencyMs * 1.5);
  }
  return times;
}
