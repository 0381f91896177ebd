import { setTimeout as pause } from 'node:timers/promises';
import type { Mail } from '../../server/mail/index.ts';
import { createBareLoop, type Reader } from './bare-loop.ts';
import { type Bench, withSink } from './bench.ts';
import { costOf, type Effort } from './effort.ts';
import { expectSameContent, plainTemplate } from './plain-template.ts';
import type { Result } from './report.ts';
import type { Sink } from './sink.ts';
import { median } from './statistics.ts';

const defaultRecipients = 3000;
const leastRecipients = 200;
const warmUpRecipients = 300;

/** What all measured rounds of both sides together may take when nobody asks for a size, in ms. */
const budgetMs = 60_000;

/** How long a campaign may stand still with mail owed before it is given up, in ms. */
const patienceMs = 120_000;

/**
 * A newsletter from the launch of its campaign until nothing is owed, against a bare loop around nodemailer's pool:
 * same content, same control headers, same number of connections, same sink, in turn.
 */
export function measureCampaign(bench: Bench): Promise<Result[]> {
  return withSink(bench, 0, async (mail, sink) => {
    const template = await plainTemplate('newsletter');
    const { name: _, ...shared } = template.sample;
    const bare = createBareLoop(sink, template, shared);
    try {
      const ours = (readers: Reader[]) => runCampaign(bench, mail, sink, readers, shared);
      const pair = (readers: Reader[]) => runBare(sink, readers, () => bare.send(readers, bench.signal));
      const round = async (title: string, size: number) => {
        bench.signal.throwIfAborted();
        const readers = Array.from({ length: size }, (__, i) => reader(i));
        const efforts = { ours: await ours(readers), pair: await pair(readers) };
        bench.say(
          `campaign, ${title}: ours ${rate(efforts.ours, size)}, pair ${rate(efforts.pair, size)} mails/s`,
        );
        return efforts;
      };

      const trial = Math.min(bench.recipients ?? defaultRecipients, warmUpRecipients);
      const warmUp = await round('warm-up', trial);
      expectSameContent(await previewFor(mail, reader(0)), template.render({ ...shared, ...reader(0).data }));
      const size = bench.recipients ?? whatFits(bench.rounds, (warmUp.ours.ms + warmUp.pair.ms) / trial);
      const efforts = [];
      for (let i = 1; i <= bench.rounds; i += 1) efforts.push(await round(`round ${i}`, size));
      return [resultOf(efforts, size)];
    } finally {
      bare.close();
    }
  });
}

function reader(i: number): Reader {
  const name = `Reader ${i}`;
  return { email: `reader${i}@mail.example`, name, data: { name } };
}

async function runCampaign(
  bench: Bench,
  mail: Mail,
  sink: Sink,
  readers: Reader[],
  shared: Record<string, unknown>,
): Promise<Effort> {
  const { id } = await mail.campaigns.create({
    name: 'Bench',
    template: 'newsletter',
    topic: 'news',
    tag: 'newsletter',
    data: shared,
  });
  await mail.campaigns.addRecipients(id, readers);
  await mail.campaigns.launch(id);
  const effort = await sink.measure(() => untilDone(bench, mail, id));
  await sink.expectOneEach(readers.map(({ email }) => email));
  return effort;
}

/** What the worker's jobs do, one after the other. */
async function untilDone({ signal }: Bench, { work, campaigns }: Mail, id: string): Promise<void> {
  for (let progressAt = performance.now(); ; ) {
    await work.expandCampaigns(signal);
    if ((await work.deliverDue('bulk', signal)) > 0) progressAt = performance.now();
    signal.throwIfAborted();
    const { open } = await campaigns.progress(id);
    if (open === 0) return;
    if (performance.now() - progressAt > patienceMs)
      throw new Error(`${open} mails of a campaign are stuck.`);
    await pause(20);
  }
}

async function runBare(sink: Sink, readers: Reader[], send: () => Promise<void>): Promise<Effort> {
  const effort = await sink.measure(send);
  await sink.expectOneEach(readers.map(({ email }) => email));
  return effort;
}

async function previewFor({ messages }: Mail, { email }: Reader) {
  const {
    messages: [message],
  } = await messages.find({ recipient: email, limit: 1 });
  return message ? messages.preview(message.id) : null;
}

function whatFits(rounds: number, msPerRecipient: number): number {
  const fitting = Math.floor(budgetMs / rounds / msPerRecipient);
  return Math.max(leastRecipients, Math.min(defaultRecipients, fitting));
}

function resultOf(efforts: { ours: Effort; pair: Effort }[], size: number): Result {
  const ours = efforts.map(effort => effort.ours);
  const pair = efforts.map(effort => effort.pair);
  const middle = (side: Effort[]) => median(side.map(({ ms }) => (size / ms) * 1000));
  return {
    part: 'campaign',
    ours: middle(ours),
    pair: middle(pair),
    unit: 'mails/s',
    notes: [
      `campaign: ${efforts.length} rounds of ${size} recipients, medians; each got exactly one mail in every round.`,
      `  ours: ${costOf(ours, size)}`,
      `  pair: ${costOf(pair, size)}`,
    ],
  };
}

function rate({ ms }: Effort, size: number): string {
  return ((size / ms) * 1000).toFixed(0);
}
