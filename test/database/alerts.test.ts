import { expect } from 'chai';
import { pino } from 'pino';
import type { Mail } from '../../server/mail/index.ts';
import { createClock } from '../support/clock.ts';
import { testDatabase } from '../support/database.ts';
import { resetInput } from '../support/inputs.ts';
import { openMail } from '../support/mail.ts';

describe('alerts', () => {
  const db = testDatabase();
  const clock = createClock();
  const lines: { level: number; msg: string; kind?: string; subject?: string }[] = [];
  const log = pino({ level: 'info' }, { write: line => lines.push(JSON.parse(line)) });
  let mail: Mail;

  beforeEach(async () => {
    mail = await openMail({ logger: log, now: clock.now });
    lines.length = 0;
  });
  afterEach(() => mail.close());

  const stored = () => db('postlane_alerts').select('kind', 'subject', 'open', 'resolved_at').orderBy('id');
  const logged = () => lines.filter(({ msg }) => msg.startsWith('alert')).map(({ msg, kind }) => [msg, kind]);
  const putUnknown = async () => {
    const { id } = await mail.send({ ...resetInput(), sendAt: new Date(clock.now().getTime() + 3_600_000) });
    await db('postlane_messages').where({ id }).update({ state: 'unknown', due_at: null });
    return id;
  };

  it('are raised once, keep the latest evidence, and are resolved when they are over', async () => {
    const id = await putUnknown();
    await mail.work.rollUp();
    await mail.work.rollUp();
    expect(await stored()).to.deep.equal([{ kind: 'unknown', subject: '', open: 1, resolved_at: null }]);
    await putUnknown();
    await mail.work.rollUp();
    const { evidence } = await db('postlane_alerts').first();
    expect(JSON.parse(evidence)).to.deep.equal({ kind: 'unknown', count: 2 });
    expect(logged()).to.deep.equal([['alert raised', 'unknown']]);

    await db('postlane_messages').update({ state: 'sent' });
    clock.advance(1000);
    await mail.work.rollUp();
    expect(await stored()).to.deep.equal([
      { kind: 'unknown', subject: '', open: null, resolved_at: clock.now() },
    ]);
    await db('postlane_messages').where({ id }).update({ state: 'unknown' });
    await mail.work.rollUp();
    expect((await stored()).map(({ open }) => open)).to.deep.equal([null, 1]);
    expect(logged().map(([msg]) => msg)).to.deep.equal(['alert raised', 'alert resolved', 'alert raised']);
  });

  it('are apart for each subject', async () => {
    const at = '2026-05-04 03:30:00';
    const run = { day: '2026-05-03', started_at: at, problem: 'no answer' };
    await db('postlane_reconciliations').insert([
      { ...run, stream: 'outbound' },
      { ...run, stream: 'broadcast' },
    ]);
    await mail.work.rollUp();
    const open = await stored();
    expect(open.map(({ kind, subject }) => `${kind} ${subject}`)).to.include.members([
      'reconciliation broadcast',
      'reconciliation outbound',
    ]);
    await db('postlane_reconciliations').where({ stream: 'broadcast' }).update({ problem: null });
    await mail.work.rollUp();
    expect((await stored()).filter(one => one.open === 1 && one.kind === 'reconciliation')).to.have.length(1);
  });

  it('log no evidence, which may quote an address', async () => {
    await putUnknown();
    await mail.work.rollUp();
    const [line] = lines.filter(({ msg }) => msg === 'alert raised');
    expect(Object.keys(line ?? {})).to.have.members([
      'level',
      'time',
      'pid',
      'hostname',
      'kind',
      'subject',
      'msg',
    ]);
  });
});
