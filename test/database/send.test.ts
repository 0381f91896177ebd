import { expect } from 'chai';
import { type Mail, MailError, type SendInput, type TemplateSend } from '../../server/mail/index.ts';
import { testDatabase } from '../support/database.ts';
import { resetInput } from '../support/inputs.ts';
import { openMail } from '../support/mail.ts';
import { refusal } from '../support/refusal.ts';
import { accept, createScriptedTransport, type ScriptedTransport } from '../support/scripted-transport.ts';

describe('send', () => {
  let mail: Mail;
  let api: ScriptedTransport;
  const db = testDatabase();

  beforeEach(async () => {
    api = createScriptedTransport('postmark-api');
    mail = await openMail({ transports: [api] });
  });
  afterEach(() => mail.close());

  const refused = (input: SendInput): Promise<MailError> => refusal(mail.send(input));
  const rows = async (table: string) => (await db(table).select()).length;

  it('hands over right after the commit and keeps the evidence', async () => {
    const { id, state, repeated } = await mail.send(resetInput({ to: 'Ada <Ada@Mail.example>' }), {
      wait: true,
    });
    expect({ state, repeated }).to.deep.equal({ state: 'sent', repeated: false });
    const view = await mail.messages.get(id);
    expect(view).to.include({
      recipient: 'ada@mail.example',
      category: 'password-reset',
      stream: 'outbound',
      transport: 'postmark-api',
      policyVersion: 1,
      attempts: 1,
    });
    expect(api.given).to.have.length(1);
    expect(api.given[0]?.to).to.deep.equal({ email: 'Ada@mail.example', name: 'Ada' });
    const timeline = await mail.messages.timeline(id);
    expect(timeline.map(({ what }) => what)).to.deep.equal(['accepted', 'handed-over', 'answered']);
  });

  it('answers before Postmark does unless asked to wait', async () => {
    let release = () => {};
    const held = new Promise<void>(resolve => {
      release = resolve;
    });
    const slow = {
      ...api,
      send: async (envelopes: Parameters<typeof api.send>[0]) => held.then(() => api.send(envelopes, 1000)),
    };
    await mail.close();
    mail = await openMail({ transports: [slow] });
    const { state, id } = await mail.send(resetInput());
    expect(state).to.equal('sending');
    expect(api.given).to.have.length(0);
    release();
    await mail.close();
    expect((await db('postlane_messages').where({ id }).first()).state).to.equal('sent');
    mail = await openMail({ transports: [api] });
  });

  it('exists when and only when the caller commits', async () => {
    await db.transaction(async trx => {
      await mail.send(resetInput({ to: 'kept@mail.example' }), { trx });
      expect(api.given).to.have.length(0);
    });
    const failure = db.transaction(async trx => {
      await mail.send(resetInput({ to: 'dropped@mail.example' }), { trx });
      throw new Error('the order failed');
    });
    await failure.catch(() => {});
    await db.transaction(async trx => {
      await trx.transaction(inner => mail.send(resetInput({ to: 'nested@mail.example' }), { trx: inner }));
    });
    const trx = await db.transaction();
    await mail.send(resetInput({ to: 'undone@mail.example' }), { trx });
    await trx.rollback();
    await mail.close();
    expect(api.given.map(({ to }) => to.email).sort()).to.deep.equal([
      'kept@mail.example',
      'nested@mail.example',
    ]);
    expect(await rows('postlane_messages')).to.equal(2);
  });

  it('refuses to wait inside a transaction', async () => {
    const error = await db
      .transaction(trx => mail.send(resetInput(), { trx, wait: true }))
      .catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(MailError).and.include({ code: 'invalid-input', field: 'wait' });
  });

  it('gives the first answer again for the same key and request, and says what differs otherwise', async () => {
    const input = resetInput({ idempotencyKey: 'reset-1', metadata: { account: '42' } });
    const first = await mail.send(input, { wait: true });
    const again = await mail.send(input, { wait: true });
    expect(again).to.deep.equal({ ...first, repeated: true });
    const error = await refused({
      ...input,
      to: 'eve@mail.example',
      data: { resetUrl: 'https://shop.example/reset/2', expiresInMinutes: 30 },
    });
    expect(error.code).to.equal('idempotency-conflict');
    expect(error.message).to.include('data.resetUrl, to').and.not.include('eve@');
    expect(api.given).to.have.length(1);
  });

  it('accepts one of many sends that race with one key', async () => {
    const input = resetInput({ idempotencyKey: 'race' });
    const results = await Promise.all(Array.from({ length: 12 }, () => mail.send(input, { wait: true })));
    expect(new Set(results.map(({ id }) => id)).size).to.equal(1);
    expect(results.filter(({ repeated }) => !repeated)).to.have.length(1);
    expect(api.given).to.have.length(1);
  });

  it('leaves a caller’s transaction usable after a conflict', async () => {
    await mail.send(resetInput({ idempotencyKey: 'k' }), { wait: true });
    await db.transaction(async trx => {
      const conflict = await mail
        .send(resetInput({ idempotencyKey: 'k', to: 'eve@mail.example' }), { trx })
        .catch((reason: unknown) => reason);
      expect(conflict).to.be.instanceOf(MailError);
      await mail.send(resetInput({ to: 'next@mail.example' }), { trx });
    });
    await mail.close();
    expect(api.given.map(({ to }) => to.email)).to.deep.equal(['ada@mail.example', 'next@mail.example']);
  });

  const badInput: [string, Partial<TemplateSend>, string, string][] = [
    ['an unknown template', { template: 'nope' }, 'unknown-template', 'template'],
    [
      'data outside the contract',
      { data: { resetUrl: 'ftp://x', expiresInMinutes: 1 } },
      'invalid-data',
      'data.resetUrl',
    ],
    ['a bad address', { to: 'not an address' }, 'invalid-address', 'to'],
    [
      'a header break in a name',
      { to: { email: 'a@b.example', name: 'x\r\nBcc: y' } },
      'invalid-address',
      'to',
    ],
    [
      '51 recipients',
      { bcc: Array.from({ length: 50 }, (_, i) => `r${i}@mail.example`) },
      'too-many-recipients',
      'to',
    ],
    [
      'a forbidden file',
      { attachments: [{ name: 'a.EXE', content: 'AA==' }] },
      'forbidden-attachment',
      'attachments[0].name',
    ],
    [
      '11 MB of files',
      { attachments: [{ name: 'a.bin.zip', content: Buffer.alloc(8 * 1024 * 1024) }] },
      'too-large',
      'attachments',
    ],
  ];
  for (const [what, over, code, field] of badInput) {
    it(`refuses ${what} and stores nothing`, async () => {
      const error = await refused(resetInput(over));
      expect({ code: error.code, field: error.field }).to.deep.equal({ code, field });
      expect(await rows('postlane_messages')).to.equal(0);
      expect(await rows('postlane_attachments')).to.equal(0);
    });
  }

  it('stores a file once, however often it is sent', async () => {
    const content = Buffer.from('terms and conditions');
    const attachments = [{ name: 'terms.txt', content, contentType: 'text/plain' }];
    await mail.send(resetInput({ attachments }), { wait: true });
    await mail.send(resetInput({ attachments: [...attachments, { name: 'copy.txt', content }] }), {
      wait: true,
    });
    expect(await rows('postlane_attachments')).to.equal(1);
    expect(await rows('postlane_message_attachments')).to.equal(3);
    expect(
      api.given[1]?.attachments.map(({ name, content: bytes }) => [name, bytes.toString()]),
    ).to.deep.equal([
      ['terms.txt', 'terms and conditions'],
      ['copy.txt', 'terms and conditions'],
    ]);
  });

  it('keeps a later message for its time and fails an expired one', async () => {
    const soon = new Date(Date.now() + 60_000);
    const { state } = await mail.send(resetInput({ sendAt: soon }));
    expect(state).to.equal('queued');
    expect(await mail.work.deliverDue('transactional')).to.equal(0);
    const expired = await mail.send(resetInput({ expiresAt: new Date(Date.now() - 1000) }), { wait: true });
    expect(expired.state).to.equal('failed');
    expect((await mail.messages.get(expired.id))?.reason).to.equal('expired');
    expect(api.given).to.have.length(0);
  });

  it('answers a batch item by item, and many due travel together', async () => {
    const items = Array.from({ length: 40 }, (_, i) => resetInput({ to: `b${i}@mail.example` }));
    const results = await mail.sendBatch([...items, resetInput({ to: 'broken' })], { wait: true });
    expect(results.filter(({ ok }) => ok)).to.have.length(40);
    const last = results.at(-1);
    expect(last?.ok === false && last.error.code).to.equal('invalid-address');
    expect(api.given).to.have.length(40);
  });

  it('stores dates in UTC whatever the zone of the caller’s pool', async () => {
    const { connect } = await import('../../db/connect.ts');
    const { testDatabaseUrl } = await import('../support/database.ts');
    const host = connect(testDatabaseUrl(), { poolSize: 1 });
    try {
      await host.raw("SET time_zone = '-05:00'");
      const sendAt = new Date('2030-03-10T02:30:00.123Z');
      const { id } = await host.transaction(trx => mail.send(resetInput({ sendAt }), { trx }));
      const [[row]] = await db.raw(
        "SELECT DATE_FORMAT(due_at, '%Y-%m-%d %H:%i:%s.%f') AS due FROM postlane_messages WHERE id = ?",
        [id],
      );
      expect(row.due).to.equal('2030-03-10 02:30:00.123000');
    } finally {
      await host.destroy();
    }
  });

  it('sends at another time what still waits, and says no to the rest', async () => {
    const later = new Date(Date.now() + 3_600_000);
    const expiresAt = new Date(later.getTime() + 3_600_000);
    const { id } = await mail.send(resetInput({ sendAt: later, expiresAt }));
    expect((await mail.messages.get(id))?.allowed).to.include('reschedule');
    await mail.messages.reschedule(id, new Date(later.getTime() + 1000), { by: 'ada' });
    expect((await mail.messages.get(id))?.dueAt).to.deep.equal(new Date(later.getTime() + 1000));
    const tooLate = await refusal(mail.messages.reschedule(id, expiresAt.toISOString()));
    expect(tooLate).to.include({ code: 'invalid-input', field: 'at' });
    await mail.messages.reschedule(id, new Date(0));
    await mail.work.deliverDue('transactional');
    expect((await mail.messages.get(id))?.state).to.equal('sent');
    expect(await refusal(mail.messages.reschedule(id, later))).to.include({ code: 'wrong-state' });
  });

  it('cancels what has not left and says no to the rest', async () => {
    const waiting = await mail.send(resetInput({ sendAt: new Date(Date.now() + 60_000) }));
    await mail.messages.cancel(waiting.id);
    expect((await mail.messages.get(waiting.id))?.state).to.equal('cancelled');
    api.answer(() => accept());
    const gone = await mail.send(resetInput(), { wait: true });
    const error = await mail.messages.cancel(gone.id).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(MailError).and.include({ code: 'wrong-state' });
  });
});
