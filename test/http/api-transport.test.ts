import { expect } from 'chai';
import { createApiTransport } from '../../server/mail/providers/postmark/api-transport.ts';
import type { Envelope, Outcome, Transport } from '../../server/mail/providers/transport.ts';
import type { Fault } from '../sandbox/index.ts';
import { anEnvelope, onlyOutcome } from '../support/envelope.ts';
import { listen } from '../support/http-server.ts';
import { useOneSandbox } from '../support/sandbox.ts';

const anyTime = 60_000;
const to = (email: string) => anEnvelope({ to: { email } });
const kinds = (outcomes: Outcome[]) => outcomes.map(({ kind }) => kind);

describe('Postmark API transport', () => {
  const { sandbox } = useOneSandbox();
  let transport: Transport;
  beforeEach(() => {
    transport = open(sandbox.apiUrl);
  });

  const open = (url: string, token = sandbox.token, timeoutMs = 5000) =>
    createApiTransport({ token, url, timeoutMs });
  const send = (...envelopes: Envelope[]) => transport.send(envelopes, anyTime);
  const sendOne = (envelope = anEnvelope()): Promise<Outcome> => onlyOutcome(send(envelope));

  it('hands over a message with all its parts', async () => {
    const envelope = anEnvelope({
      from: { email: 'shop@sender.example', name: 'Shop, "the" one' },
      to: { email: 'ada@mail.example', name: 'Lovelace, Ada' },
      cc: [{ email: 'c@mail.example', name: 'Zoë' }, { email: 'd@mail.example' }],
      bcc: [{ email: 'b@mail.example' }],
      replyTo: [{ email: 'help@sender.example', name: 'Help' }],
      subject: 'Grüße 🎉',
      html: '<p>Grüße <img src="cid:logo"></p>',
      text: 'Grüße\r\n.\r\n',
      headers: { 'X-Order': 'A-17' },
      metadata: { order: 'A-17' },
      tag: 'receipt',
      attachments: [
        { name: 'a.txt', contentType: 'text/plain', content: Buffer.from('hello') },
        { name: 'logo.png', contentType: 'image/png', content: Buffer.from([1, 2]), contentId: 'logo' },
      ],
    });
    const outcome = await sendOne(envelope);
    const message = sandbox.messages.last();
    expect(outcome).to.deep.equal({
      kind: 'accepted',
      code: 'postmark-0',
      answer: 'OK',
      providerMessageId: message?.id,
    });
    expect(message).to.deep.include({
      via: 'rest',
      stream: 'outbound',
      subject: 'Grüße 🎉',
      tag: 'receipt',
      metadata: { order: 'A-17', 'postlane-attempt': envelope.attemptId },
      attachments: ['a.txt', 'logo.png'],
      to: [{ Email: 'ada@mail.example', Name: 'Lovelace, Ada' }],
      cc: [
        { Email: 'c@mail.example', Name: 'Zoë' },
        { Email: 'd@mail.example', Name: '' },
      ],
      bcc: [{ Email: 'b@mail.example', Name: '' }],
    });
    expect(sandbox.copies(envelope.attemptId)).to.equal(1);
    const source = sandbox.messages.source(message?.id ?? '');
    if (source?.kind !== 'fields') throw new Error('no fields');
    expect(source).to.include({ html: envelope.html, text: envelope.text });
    expect(source.headers).to.deep.include({ Name: 'X-Order', Value: 'A-17' });
    expect(source.headers).to.deep.include({ Name: 'Reply-To', Value: '"Help" <help@sender.example>' });
    expect(source.attachments[0]).to.include({
      contentId: '',
      content: Buffer.from('hello').toString('base64'),
    });
    expect(source.attachments[1]).to.include({ contentId: 'cid:logo' });
  });

  it('answers a batch item by item, in order', async () => {
    sandbox.suppress('outbound', 'gone@mail.example', 'HardBounce');
    const envelopes = [
      to('a@mail.example'),
      to('Gone@mail.example'),
      anEnvelope({ stream: 'nowhere' }),
      anEnvelope({ html: '', text: '' }),
      to('b@mail.example'),
    ];
    const outcomes = await send(...envelopes);
    expect(outcomes.map(({ kind, code }) => `${kind} ${code}`)).to.deep.equal([
      'accepted postmark-0',
      'rejected postmark-406',
      'deferred postmark-1235',
      'rejected postmark-300',
      'accepted postmark-0',
    ]);
    expect(outcomes[1]).to.deep.include({ inactive: ['gone@mail.example'] });
    expect(envelopes.map(({ attemptId }) => sandbox.copies(attemptId))).to.deep.equal([1, 0, 0, 0, 1]);
  });

  it('tells a single 406 and a partial one', async () => {
    sandbox.suppress('outbound', 'gone@mail.example', 'SpamComplaint');
    expect(await sendOne(to('gone@mail.example'))).to.deep.include({
      kind: 'rejected',
      code: 'postmark-406',
      inactive: ['gone@mail.example'],
    });
    const partial = await sendOne(anEnvelope({ cc: [{ email: 'gone@mail.example' }] }));
    expect(partial.kind).to.equal('accepted');
    expect(partial.answer).to.match(/will not deliver to these inactive addresses: gone@mail\.example/);
  });

  it('sends five hundred in one call', async () => {
    const envelopes = Array.from({ length: 500 }, (_, i) => to(`p${i}@mail.example`));
    const outcomes = await send(...envelopes);
    expect(new Set(kinds(outcomes))).to.deep.equal(new Set(['accepted']));
    for (const { attemptId } of envelopes) expect(sandbox.copies(attemptId)).to.equal(1);
  });

  it('does not start what it may not start any more', async () => {
    const outcomes = await transport.send([anEnvelope(), anEnvelope()], -1);
    expect(outcomes.map(({ kind, code }) => `${kind} ${code}`)).to.deep.equal(
      Array(2).fill('deferred not-started'),
    );
    expect(sandbox.messages.count).to.equal(0);
  });

  it('has nothing to say about nothing', async () => expect(await send()).to.deep.equal([]));

  // What the network does, the outcome, and how many copies the sandbox then holds.
  const faults: [Omit<Fault, 'where'>, Outcome['kind'], string, number][] = [
    [{ kind: 'reset-before' }, 'unknown', 'no-answer', 0],
    [{ kind: 'reset-after-accept' }, 'unknown', 'no-answer', 1],
    [{ kind: 'timeout-after-accept' }, 'unknown', 'no-answer', 1],
    [{ kind: 'truncated' }, 'unknown', 'cut-off', 1],
    [{ kind: 'status', status: 401, body: { ErrorCode: 10, Message: 'm' } }, 'deferred', 'http-401', 0],
    [{ kind: 'status', status: 403 }, 'deferred', 'http-403', 0],
    [{ kind: 'status', status: 404 }, 'deferred', 'http-404', 0],
    [{ kind: 'status', status: 408 }, 'deferred', 'http-408', 0],
    [{ kind: 'status', status: 413, body: 'Request Entity Too Large' }, 'rejected', 'http-413', 0],
    [{ kind: 'status', status: 429, headers: { 'Retry-After': '7' } }, 'deferred', 'http-429', 0],
    [{ kind: 'status', status: 500 }, 'unknown', 'http-500', 0],
    [{ kind: 'status', status: 500, body: { ErrorCode: 101, Message: 'm' } }, 'deferred', 'postmark-101', 0],
    [{ kind: 'status', status: 502, body: '<html>Bad Gateway</html>' }, 'unknown', 'http-502', 0],
    [{ kind: 'status', status: 503, body: { ErrorCode: 100, Message: 'm' } }, 'deferred', 'http-503', 0],
    [{ kind: 'status', status: 504 }, 'unknown', 'http-504', 0],
    [
      { kind: 'status', status: 422, body: { ErrorCode: 1235, Message: 'm' } },
      'deferred',
      'postmark-1235',
      0,
    ],
    [{ kind: 'status', status: 422, body: { ErrorCode: 300, Message: 'm' } }, 'rejected', 'postmark-300', 0],
    [
      { kind: 'status', status: 200, body: '<html>Welcome to the hotel</html>' },
      'unknown',
      'postmark-no-id',
      0,
    ],
    [{ kind: 'status', status: 200, body: '' }, 'unknown', 'postmark-no-id', 0],
    [{ kind: 'status', status: 200, body: {} }, 'unknown', 'postmark-no-id', 0],
  ];
  for (const [fault, kind, code, copies] of faults) {
    const what = [fault.kind, fault.status, fault.body && JSON.stringify(fault.body).slice(0, 30)]
      .filter(Boolean)
      .join(' ');
    it(`${what}: ${kind}, one by one and in a batch`, async () => {
      transport = open(sandbox.apiUrl, sandbox.token, 300);
      sandbox.faults.add({ where: 'POST /email*', ...fault });
      const alone = anEnvelope();
      expect(await sendOne(alone)).to.include({ kind, code });
      expect(sandbox.copies(alone.attemptId)).to.equal(copies);
      const page = [anEnvelope(), anEnvelope(), anEnvelope()];
      for (const outcome of await send(...page)) expect(outcome).to.include({ kind, code });
      expect(page.map(({ attemptId }) => sandbox.copies(attemptId))).to.deep.equal(Array(3).fill(copies));
    });
  }

  it('with a wrong token: deferred, for the message is not at fault', async () => {
    transport = open(sandbox.apiUrl, 'wrong-token');
    expect(await sendOne()).to.include({ kind: 'deferred', code: 'http-401' });
  });

  it('where nobody listens, or no such host is: deferred, for nothing was handed over', async () => {
    transport = open(`http://127.0.0.1:${await closedPort()}`);
    expect(kinds(await send(anEnvelope(), anEnvelope()))).to.deep.equal(['deferred', 'deferred']);
    transport = open('http://no-such-host.invalid');
    expect(await sendOne()).to.include({ kind: 'deferred', code: 'not-connected' });
  });

  it('behind a certificate nobody vouches for: deferred', async () => {
    // The sandbox speaks no HTTPS; its plain answer to a TLS hello is not a handshake either.
    transport = open(sandbox.apiUrl.replace('http:', 'https:'));
    expect((await sendOne()).kind).to.be.oneOf(['deferred', 'unknown']);
    expect(sandbox.messages.count).to.equal(0);
  });
});

/** A port where a moment ago somebody listened. */
async function closedPort(): Promise<number> {
  const { port, close } = await listen(() => {});
  await close();
  return port;
}
