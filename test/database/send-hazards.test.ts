import { expect } from 'chai';
import { connect, type Db } from '../../db/connect.ts';
import type { MailContext } from '../../server/mail/context.ts';
import { type Mail, MailError } from '../../server/mail/index.ts';
import { createSend } from '../../server/mail/sending/accept.ts';
import { createInlineQueue } from '../../server/mail/sending/inline-queue.ts';
import { wire } from '../../server/mail/wiring.ts';
import { testDatabase, testDatabaseUrl } from '../support/database.ts';
import { resetInput } from '../support/inputs.ts';
import { openMail, testConfig } from '../support/mail.ts';
import { createScriptedTransport, type ScriptedTransport } from '../support/scripted-transport.ts';

describe('send, when something is in the way', () => {
  const db = testDatabase();
  let mail: Mail;
  let api: ScriptedTransport;
  let host: Db;

  before(async () => {
    host = connect(testDatabaseUrl(), { poolSize: 10 });
    api = createScriptedTransport('postmark-api');
    mail = await openMail({ transports: [api] });
  });
  after(async () => {
    await mail.close();
    await host.destroy();
  });

  for (const isolationLevel of ['read committed', 'repeatable read'] as const) {
    it(`accepts one of fifty callers that race with one key at ${isolationLevel}`, async () => {
      const input = resetInput({ idempotencyKey: isolationLevel, to: 'race@mail.example' });
      const race = async () => {
        const trx = await host.transaction({ isolationLevel });
        // Its snapshot is taken before anybody has inserted.
        await trx('postlane_messages').select('id').limit(1);
        const result = await mail.send(input, { trx });
        await trx.commit();
        return result;
      };
      const results = await Promise.all(Array.from({ length: 50 }, race));
      expect(new Set(results.map(({ id }) => id)).size).to.equal(1);
      expect(results.filter(({ repeated }) => !repeated)).to.have.length(1);
    });
  }

  it('takes a key that a caller gave back', async () => {
    const input = resetInput({ idempotencyKey: 'given back' });
    const trx = await host.transaction();
    const undone = await mail.send(input, { trx });
    const next = mail.send(input, { wait: true });
    await trx.rollback();
    const { id, repeated } = await next;
    expect(repeated).to.equal(false);
    expect(id).to.not.equal(undone.id);
  });

  /** A context whose connection breaks at the end of its first transactions, after the commit. */
  const unlucky = (times: number): { context: MailContext; begun: () => number } => {
    let begun = 0;
    const flaky = new Proxy(db, {
      get(target, key) {
        if (key !== 'transaction') return Reflect.get(target, key);
        return async (work: Parameters<Db['transaction']>[0]) => {
          const isUnlucky = begun++ < times;
          await target.transaction(work);
          if (isUnlucky) throw Object.assign(new Error('lost'), { code: 'PROTOCOL_CONNECTION_LOST' });
        };
      },
    });
    return { context: wire(testConfig(), { transports: [api] }, flaky), begun: () => begun };
  };

  for (const idempotencyKey of [undefined, 'cut']) {
    it(`accepts once though the answer to the commit was lost, ${idempotencyKey ?? 'without'} key`, async () => {
      const { context, begun } = unlucky(1);
      const to = `${idempotencyKey ?? 'none'}@mail.example`;
      const handOver = createInlineQueue(async () => {}, context.log);
      const input = resetInput({ to, ...(idempotencyKey && { idempotencyKey }) });
      const result = await createSend(context, handOver)(input);
      expect(result).to.include({ state: 'sending', repeated: false });
      expect(begun()).to.equal(2);
      expect(await db('postlane_messages').where({ recipient: to })).to.have.length(1);
    });
  }

  it('accepts a crowd once, though the answer to the commit that they share was lost', async () => {
    const { context, begun } = unlucky(3); // the first and its repetition, then the page of all others
    const send = createSend(
      context,
      createInlineQueue(async () => {}, context.log),
    );
    const to = Array.from({ length: 12 }, (_, i) => `crowd${i}@mail.example`);
    const results = await Promise.all(to.map(address => send(resetInput({ to: address }))));
    expect(new Set(results.map(({ id }) => id)).size).to.equal(12);
    expect(await db('postlane_messages').whereIn('recipient', to)).to.have.length(12);
    expect(begun(), 'the page was repeated whole, then each alone').to.equal(2 + 2 + 11);
  });

  it('holds up nobody but the caller whose key an open transaction has', async () => {
    const slow = await host.transaction();
    await mail.send(resetInput({ idempotencyKey: 'held' }), { trx: slow });
    let answered = false;
    const same = mail.send(resetInput({ idempotencyKey: 'held' }), { wait: true }).finally(() => {
      answered = true;
    });
    const others = await Promise.all(
      Array.from({ length: 8 }, () => mail.send(resetInput(), { wait: true })),
    );
    expect(others.map(({ state }) => state)).to.deep.equal(Array(8).fill('sent'));
    expect(answered).to.equal(false);
    await slow.rollback();
    expect(await same).to.include({ state: 'sent', repeated: false });
  });

  it('lets two callers send the same file at once', async () => {
    const attachments = [{ name: 'terms.txt', content: Buffer.from('terms and conditions') }];
    await mail.send(resetInput({ attachments }), { wait: true });
    const slow = await host.transaction();
    await mail.send(resetInput({ attachments }), { trx: slow });
    await host.raw('SET SESSION innodb_lock_wait_timeout = 1');
    const quick = await mail.send(resetInput({ attachments, to: 'quick@mail.example' }), { wait: true });
    await slow.rollback();
    expect(quick.state).to.equal('sent');
    expect(api.given.at(-1)?.attachments).to.have.length(1);
  });

  it('refuses a moment that the database cannot keep', async () => {
    for (const sendAt of [new Date(8.64e15), '0001-01-01T00:00:00Z', new Date(Number.NaN)]) {
      const error = await mail.send(resetInput({ sendAt })).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(MailError).and.include({ code: 'invalid-input', field: 'sendAt' });
    }
  });

  const reported = async (to: string, over: object) => {
    const { id } = await mail.send(resetInput({ to }), { wait: true });
    const result = await mail.receive('postmark', {
      RecordType: 'Bounce',
      Metadata: { 'Postlane-Attempt': api.given.at(-1)?.attemptId },
      MessageStream: 'outbound',
      ID: 1,
      Type: 'HardBounce',
      Inactive: true,
      BouncedAt: '2026-05-04T09:01:00Z',
      ...over,
    });
    expect(result.messageId).to.equal(id);
    return mail.messages.get(id);
  };

  it('knows a recipient again in every form of the address', async () => {
    const accents = await reported('Ada@Müller.example', { ID: 11, Email: 'ADA@müller.EXAMPLE' });
    expect(accents).to.include({ state: 'bounced', recipient: 'ada@xn--mller-kva.example' });
    const again = await mail.send(resetInput({ to: 'ADA@xn--mller-kva.example' }), { wait: true });
    expect(again.state).to.equal('suppressed');
    const plus = await reported('Eve+Shop@mail.example', { ID: 12, Email: 'eve+shop@mail.example' });
    expect(plus).to.include({ state: 'bounced' });
    expect((await mail.send(resetInput({ to: 'eve@mail.example' }), { wait: true })).state).to.equal('sent');
  });

  it('stores a subscription change whose words are longer than any that are documented', async () => {
    const { id } = await mail.send(resetInput({ to: 'odd@mail.example' }), { wait: true });
    const result = await mail.receive('postmark', {
      RecordType: 'SubscriptionChange',
      Metadata: { 'postlane-attempt': api.given.at(-1)?.attemptId },
      MessageStream: 'outbound',
      Recipient: 'odd@mail.example',
      ChangedAt: '2026-05-04T09:01:00Z',
      SuppressSending: true,
      SuppressionReason: `Añother ${'reason '.repeat(10)}`,
      Origin: 'Recipient',
    });
    expect(result).to.deep.equal({ result: 'stored', messageId: id });
    expect(await mail.suppressions.list({ address: 'odd@mail.example' })).to.have.length(1);
  });

  it('takes the refusal of an attempt as nothing about the next', async () => {
    api.answer(() => ({ kind: 'deferred', code: 'smtp-451', answer: 'later' }));
    const { id } = await mail.send(resetInput({ to: 'later@mail.example' }), { wait: true });
    const first = api.given.at(-1)?.attemptId;
    api.answer(() => ({ kind: 'accepted', code: 'smtp-250', answer: 'ok', providerMessageId: null }));
    await db('postlane_messages').where({ id }).update({ due_at: '2020-01-01' });
    await mail.work.deliverDue('transactional');
    const refusal = (attempt: string | undefined, ID: number) => ({
      RecordType: 'Bounce',
      Metadata: { 'postlane-attempt': attempt },
      Email: 'later@mail.example',
      ID,
      Type: 'SMTPApiError',
      Inactive: false,
      BouncedAt: '2026-05-04T09:01:00Z',
    });
    await mail.receive('postmark', refusal(first, 21));
    expect((await mail.messages.get(id))?.state).to.equal('sent');
    await mail.receive('postmark', refusal(api.given.at(-1)?.attemptId, 22));
    expect((await mail.messages.get(id))?.state).to.equal('failed');
  });
});
