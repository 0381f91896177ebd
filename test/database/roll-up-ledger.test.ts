import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { type Mail, MailError } from '../../server/mail/index.ts';
import { type Clock, createClock } from '../support/clock.ts';
import { testDatabase } from '../support/database.ts';
import { insertHistory } from '../support/history.ts';
import { openMail } from '../support/mail.ts';
import { providerSamples } from '../support/provider-samples.ts';
import { createRandom } from '../support/random.ts';

const start = new Date('2026-05-04T12:30:00Z');
const hourMs = 3_600_000;
const states = ['queued', 'sent', 'delivered', 'bounced', 'failed', 'suppressed', 'unknown', 'cancelled'];

describe('numbers of hours, against the ledger', () => {
  const db = testDatabase();
  let mail: Mail;
  let clock: Clock;

  before(async () => {
    clock = createClock(start);
    mail = await openMail({ now: clock.now });
  });
  after(() => mail.close());

  it('are the same, whatever happened in between and however often they are counted', async () => {
    const random = createRandom();
    const pick = (): string => states[random.between(0, states.length - 1)] ?? 'sent';
    const span = { from: new Date(start.getTime() - 5 * hourMs), to: start, state: pick };
    const ids = [
      ...(await insertHistory(db, { ...span, count: 60, template: 'order-confirmation' })),
      ...(await insertHistory(db, { ...span, count: 40, template: 'newsletter', stream: 'broadcast' })),
    ];
    for (let round = 0; round < 4; round += 1) {
      for (let deed = 0; deed < 12; deed += 1) {
        const id = ids[random.between(0, ids.length - 1)] ?? '';
        const kind = random.between(0, 3);
        if (kind === 0) await mail.messages.retry(id).catch(expectRefusal);
        else if (kind === 1) await mail.messages.cancel(id).catch(expectRefusal);
        else await report(id, kind === 2 ? 'Delivery' : 'Bounce');
      }
      // The reports of this round have to be old enough to be read.
      clock.advance(random.between(31, 5000) * 1000);
      await mail.work.rollUp();
      if (round % 2 === 0) await mail.work.rollUp();
      expect(await counted(), `seed ${random.seed}, round ${round}`).to.deep.equal(await added());
    }
  });

  /** A report of Postmark about a message; one that was never handed over gets none. */
  const report = async (id: string, kind: 'Delivery' | 'Bounce'): Promise<void> => {
    const attempt = await db('postlane_attempts').where({ message_id: id }).first();
    if (!attempt) return;
    await mail.receive('postmark', {
      ...providerSamples[kind],
      ID: Number.parseInt(id.slice(-9), 16),
      MessageID: randomUUID(),
      Metadata: { 'postlane-attempt': attempt.id },
    });
  };

  const counted = async (): Promise<string[]> => {
    const rows: Record<string, unknown>[] = await db('postlane_hourly_message_stats').select();
    return rows
      .map(({ hour, stream, ...row }) =>
        line(
          hour as Date,
          String(stream),
          names.map(name => Number(row[name])),
        ),
      )
      .sort();
  };

  /** The same, added up from every message there is. */
  const added = async (): Promise<string[]> => {
    const sums = new Map<string, { hour: Date; stream: string; counts: number[] }>();
    for (const row of await db('postlane_messages')) {
      const time = Number.parseInt(row.id.replace('-', '').slice(0, 12), 16);
      const hour = new Date(Math.floor(time / hourMs) * hourMs);
      const key = `${hour.getTime()} ${row.stream}`;
      const sum = sums.get(key) ?? { hour, stream: row.stream, counts: names.map(() => 0) };
      sums.set(key, sum);
      for (const [i, name] of names.entries())
        sum.counts[i] = (sum.counts[i] ?? 0) + Number(holds[name](row));
    }
    return [...sums.values()].map(({ hour, stream, counts }) => line(hour, stream, counts)).sort();
  };
});

type Row = Record<string, unknown>;

/** What each number counts. */
const holds = {
  accepted: () => true,
  sent: (row: Row) => [row.sent_at, row.delivered_at, row.bounced_at, row.complained_at].some(Boolean),
  delivered: (row: Row) => row.delivered_at !== null,
  bounced: (row: Row) => row.state === 'bounced',
  failed: (row: Row) => row.state === 'failed',
  suppressed: (row: Row) => row.state === 'suppressed',
  unknown: (row: Row) => row.state === 'unknown',
  open: (row: Row) => ['queued', 'sending', 'unknown', 'held'].includes(String(row.state)),
};
const names = Object.keys(holds) as (keyof typeof holds)[];

function line(hour: Date, stream: string, counts: readonly number[]): string {
  return `${hour.toISOString()} ${stream} ${names.map((name, i) => `${name} ${counts[i]}`).join(', ')}`;
}

function expectRefusal(error: unknown): void {
  if (!(error instanceof MailError)) throw error;
}
