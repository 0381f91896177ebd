import { expect } from 'chai';
import { createPostmarkSmtpTransport } from '../../server/mail/providers/postmark/smtp-transport.ts';
import { controlValue } from '../../server/mail/providers/smtp/mime.ts';
import { createSmtpTransport } from '../../server/mail/providers/smtp/transport.ts';
import type { Envelope, Outcome, Transport } from '../../server/mail/providers/transport.ts';
import type { FaultKind } from '../sandbox/index.ts';
import { anEnvelope, onlyOutcome } from '../support/envelope.ts';
import { useOneSandbox } from '../support/sandbox.ts';

const anyTime = 60_000;
const to = (email: string, over: Partial<Envelope> = {}) =>
  anEnvelope({ to: { email }, stream: 'broadcast', ...over });

describe('SMTP transport', () => {
  const { sandbox } = useOneSandbox();
  let transport: Transport;
  beforeEach(() => {
    transport = open(sandbox.token);
  });
  afterEach(() => transport.close());

  const address = (token: string) => sandbox.smtpUrl.replace('//', `//${token}:${token}@`);
  const open = (token: string, connections = 4) =>
    createPostmarkSmtpTransport({ url: address(token), ca: sandbox.caCertificate, connections });
  const send = (...envelopes: Envelope[]) => transport.send(envelopes, anyTime);
  const sendOne = (envelope = to('ada@mail.example')): Promise<Outcome> => onlyOutcome(send(envelope));

  it('hands over a message with all its parts', async () => {
    const envelope = to('ada@mail.example', {
      to: { email: 'ada@mail.example', name: 'Lovelace, Ada' },
      cc: [{ email: 'c@mail.example', name: 'Zoë' }],
      bcc: [{ email: 'b@mail.example' }],
      subject: 'Grüße 🎉',
      text: '.\n..\nGrüße',
      metadata: { order: 'A-17' },
      tag: 'news',
      headers: { 'X-Order': 'A-17' },
    });
    const outcome = await sendOne(envelope);
    expect(outcome).to.include({ kind: 'accepted', code: 'smtp-250', providerMessageId: null });
    expect(outcome.answer).to.match(/^250 .*queued as/);
    const message = sandbox.messages.last();
    expect(message).to.deep.include({
      via: 'smtp',
      stream: 'broadcast',
      subject: 'Grüße 🎉',
      tag: 'news',
      metadata: { order: 'A-17', 'postlane-attempt': envelope.attemptId },
      to: [{ Email: 'ada@mail.example', Name: 'Lovelace, Ada' }],
      cc: [{ Email: 'c@mail.example', Name: 'Zoë' }],
      bcc: [{ Email: 'b@mail.example', Name: '' }],
    });
    const content = await sandbox.content(message?.id ?? '');
    expect(content?.text?.replaceAll('\r\n', '\n')).to.contain('.\n..\nGrüße');
  });

  it('keeps metadata within what Postmark takes, also where a header makes it longer', async () => {
    const envelope = to('ada@mail.example', {
      metadata: { note: 'Zoë '.repeat(20), plain: 'x'.repeat(80), short: 'Zoë' },
    });
    await sendOne(envelope);
    const { note = '', ...rest } = sandbox.messages.last()?.metadata ?? {};
    expect(rest).to.include({ short: 'Zoë', plain: 'x'.repeat(80) });
    expect('Zoë '.repeat(20).startsWith(note)).to.equal(true);
    expect(controlValue(note).length).to.be.within(60, 80);
  });

  it('hands over files', async () => {
    const attachments = [{ name: 'a.txt', contentType: 'text/plain', content: Buffer.from('hello') }];
    const envelope = to('ada@mail.example', { attachments });
    expect((await sendOne(envelope)).kind).to.equal('accepted');
    expect(sandbox.messages.last()).to.deep.include({ attachments: ['a.txt'] });
    expect(sandbox.copies(envelope.attemptId)).to.equal(1);
  });

  it('hands over hundreds on a few connections, each once, outcomes in order', async () => {
    const envelopes = Array.from({ length: 300 }, (_, i) => to(`p${i}@mail.example`));
    const outcomes = await send(...envelopes);
    expect(outcomes.filter(({ kind }) => kind !== 'accepted')).to.deep.equal([]);
    for (const { attemptId } of envelopes) expect(sandbox.copies(attemptId)).to.equal(1);
    sandbox.faults.add({ where: 'smtp:rcpt', kind: 'smtp-550', matching: 'q7@' });
    const again = await send(...Array.from({ length: 20 }, (_, i) => to(`q${i}@mail.example`)));
    expect(again.map(({ kind }) => kind).indexOf('rejected')).to.equal(7);
  });

  it('names each address once to the server', async () => {
    const copy = { email: 'ada@mail.example' };
    await sendOne(to('ada@mail.example', { cc: [copy], bcc: [copy, { email: 'b@mail.example' }] }));
    expect(sandbox.messages.last()?.recipients).to.deep.equal(['ada@mail.example', 'b@mail.example']);
  });

  it('does not start what it may not start any more', async () => {
    const outcomes = await transport.send([to('a@mail.example'), to('b@mail.example')], -1);
    expect(outcomes.map(({ code }) => code)).to.deep.equal(['not-started', 'not-started']);
    expect(sandbox.messages.count).to.equal(0);
  });

  /** Step, fault -> outcome and copies. A 5xx to the connection or the login is not held against the message. */
  const table: [string, FaultKind, Outcome['kind'], number][] = [
    ['smtp:connect', 'smtp-421', 'deferred', 0],
    ['smtp:connect', 'smtp-554', 'deferred', 0],
    ['smtp:connect', 'drop', 'deferred', 0],
    ['smtp:auth', 'smtp-535', 'deferred', 0],
    ['smtp:auth', 'smtp-451', 'deferred', 0],
    ['smtp:auth', 'drop', 'deferred', 0],
    ['smtp:mail', 'smtp-421', 'deferred', 0],
    ['smtp:mail', 'smtp-451', 'deferred', 0],
    ['smtp:mail', 'smtp-550', 'rejected', 0],
    ['smtp:mail', 'drop', 'deferred', 0],
    ['smtp:rcpt', 'smtp-421', 'deferred', 0],
    ['smtp:rcpt', 'smtp-451', 'deferred', 0],
    ['smtp:rcpt', 'smtp-452', 'deferred', 0],
    ['smtp:rcpt', 'smtp-550', 'rejected', 0],
    ['smtp:rcpt', 'drop', 'deferred', 0],
    ['smtp:data', 'smtp-451', 'deferred', 0],
    ['smtp:data', 'smtp-554', 'rejected', 0],
    ['smtp:final', 'smtp-421', 'deferred', 0],
    ['smtp:final', 'smtp-451', 'deferred', 0],
    ['smtp:final', 'smtp-550', 'rejected', 0],
    ['smtp:final', 'smtp-552', 'rejected', 0],
    ['smtp:final', 'drop', 'unknown', 0],
    ['smtp:final', 'reset-after-accept', 'unknown', 1],
  ];
  for (const [where, kind, expected, copies] of table) {
    it(`${kind} at ${where}: ${expected}, on a fresh connection and on a used one`, async () => {
      for (const used of [false, true]) {
        const fresh = open(sandbox.token, 1);
        try {
          if (used) await fresh.send([to('before@mail.example')], anyTime);
          // A used connection does not greet and log in again.
          if (used && /connect|auth/.test(where)) continue;
          sandbox.faults.add({ where, kind, times: 1 });
          const envelope = to('ada@mail.example');
          const [outcome] = await fresh.send([envelope], anyTime);
          expect(outcome?.kind, JSON.stringify(outcome)).to.equal(expected);
          // A 421 ends the connection; on a used one nodemailer reports only that.
          const codes = kind === 'smtp-421' ? [kind, 'smtp-econnection'] : [kind];
          if (kind.startsWith('smtp-')) expect(codes).to.include(outcome?.code);
          expect(sandbox.copies(envelope.attemptId)).to.equal(copies);
          // The pool lives on, and repeats nothing by itself.
          const next = to('next@mail.example');
          expect((await fresh.send([next], anyTime))[0]?.kind).to.equal('accepted');
          expect(sandbox.copies(envelope.attemptId)).to.equal(copies);
          expect(sandbox.copies(next.attemptId)).to.equal(1);
        } finally {
          sandbox.faults.clear();
          await fresh.close();
        }
      }
    });
  }

  it('drop where the body is due: unknown if any of it had left, and no claim of more', async () => {
    sandbox.faults.add({ where: 'smtp:data', kind: 'drop', times: 1 });
    const envelope = to('ada@mail.example', { text: 'x'.repeat(2_000_000) });
    expect((await sendOne(envelope)).kind).to.be.oneOf(['deferred', 'unknown']);
    expect(sandbox.copies(envelope.attemptId)).to.equal(0);
  });

  it('under a storm of faults holds exactly the copies that its outcomes admit', async () => {
    const kinds: [string, FaultKind][] = [
      ['smtp:connect', 'drop'],
      ['smtp:mail', 'drop'],
      ['smtp:rcpt', 'smtp-451'],
      ['smtp:rcpt', 'drop'],
      ['smtp:final', 'smtp-421'],
      ['smtp:final', 'drop'],
      ['smtp:final', 'reset-after-accept'],
      ['smtp:mail', 'smtp-550'],
    ];
    for (const [where, kind] of kinds) sandbox.faults.add({ where, kind, probability: 0.05 });
    const envelopes = Array.from({ length: 200 }, (_, i) => to(`p${i}@mail.example`));
    const outcomes = await send(...envelopes);
    const tally = new Map<string, Set<number>>();
    envelopes.forEach(({ attemptId }, i) => {
      const kind = outcomes[i]?.kind ?? 'none';
      tally.set(kind, (tally.get(kind) ?? new Set()).add(sandbox.copies(attemptId)));
    });
    expect([...(tally.get('accepted') ?? [])]).to.deep.equal([1]);
    expect([...(tally.get('deferred') ?? [0])]).to.deep.equal([0]);
    expect([...(tally.get('rejected') ?? [0])]).to.deep.equal([0]);
    expect(Math.max(...(tally.get('unknown') ?? [0]))).to.be.at.most(1);
    expect([...tally.keys()]).not.to.include('none');
  });

  it('refused to the recipient but not to a copy: rejected, and the copy gets no second one', async () => {
    sandbox.faults.add({ where: 'smtp:rcpt', kind: 'smtp-550', matching: 'gone@' });
    const envelope = to('gone@mail.example', { cc: [{ email: 'copy@mail.example' }] });
    expect(await sendOne(envelope)).to.include({ kind: 'rejected', code: 'smtp-550' });
    const other = to('ada@mail.example', { cc: [{ email: 'gone@mail.example' }] });
    expect((await sendOne(other)).kind).to.equal('accepted');
    expect(sandbox.copiesByRecipient().get('copy@mail.example')).to.equal(1);
  });

  it('that takes too long is ended: not begun it is deferred, with the body gone unknown', async () => {
    for (const [where, kind] of [
      ['smtp:rcpt', 'deferred'],
      ['smtp:final', 'unknown'],
    ] as const) {
      const url = address(sandbox.token);
      const hasty = createPostmarkSmtpTransport({
        url,
        ca: sandbox.caCertificate,
        connections: 1,
        deadlineMs: 300,
      });
      const undo = sandbox.faults.add({ where, kind: 'slow', ms: 60_000, times: 1 });
      const envelope = to('ada@mail.example');
      const [outcome] = await hasty.send([envelope], anyTime);
      expect(outcome, where).to.include({ kind, code: 'smtp-eabort' });
      expect(sandbox.copies(envelope.attemptId)).to.equal(kind === 'unknown' ? 1 : 0);
      undo();
      await hasty.close();
    }
  });

  it('with wrong credentials: deferred', async () => {
    const wrong = open('wrong-token');
    const outcomes = await wrong.send([to('a@mail.example'), to('b@mail.example')], anyTime);
    expect(outcomes.map(({ kind, code }) => `${kind} ${code}`)).to.deep.equal(
      Array(2).fill('deferred smtp-535'),
    );
    await wrong.close();
  });

  it('with a certificate nobody vouches for: deferred, and no credentials leave', async () => {
    const careful = createPostmarkSmtpTransport({ url: address(sandbox.token) });
    const [outcome] = await careful.send([to('a@mail.example')], anyTime);
    expect(outcome?.kind).to.equal('deferred');
    expect(sandbox.messages.count).to.equal(0);
    await careful.close();
  });

  it("is another provider without Postmark's headers", async () => {
    const office = createSmtpTransport({
      name: 'office',
      url: address(sandbox.token),
      ca: sandbox.caCertificate,
    });
    expect(office.name).to.equal('office');
    expect((await office.send([to('ada@mail.example', { tag: 'news' })], anyTime))[0]?.kind).to.equal(
      'accepted',
    );
    expect(sandbox.messages.last()).to.deep.include({ stream: 'outbound', tag: '', metadata: {} });
    await office.close();
  });
});
