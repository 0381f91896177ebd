import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { createTransport } from 'nodemailer';
import { ServerClient } from 'postmark';
import { createReceiver } from '../sandbox/receiver.ts';

const mail = { From: 'shop@sender.example', To: 'ada@mail.example', Subject: 'Hello', TextBody: 'Hi' };
const main = new URL('../sandbox/main.ts', import.meta.url).pathname;

function start(args: string[], environment: NodeJS.ProcessEnv = {}): ChildProcess {
  const env = { ...process.env, ...environment };
  return spawn(process.execPath, ['--import', 'tsx', main, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

async function firstLine(stream: NodeJS.ReadableStream | null): Promise<string> {
  if (!stream) throw new Error('The process has no output.');
  const [chunk] = await once(stream, 'data');
  return String(chunk).split('\n')[0] ?? '';
}

describe('a sandbox in a process of its own', () => {
  let child: ChildProcess;
  let apiUrl: string;
  let smtpUrl: string;

  before(async () => {
    child = start(['--port', '0'], { SANDBOX_TOKEN: 'the-token' });
    ({ apiUrl, smtpUrl } = JSON.parse(await firstLine(child.stdout)));
  });
  after(async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  });
  beforeEach(() => ask('POST', '/sandbox/reset'));

  async function ask(
    method: string,
    path: string,
    body?: unknown,
  ): Promise<{ status: number; json: unknown }> {
    const headers = { 'content-type': 'application/json' };
    const init = body === undefined ? { method, headers } : { method, headers, body: JSON.stringify(body) };
    const response = await fetch(apiUrl + path, init);
    return { status: response.status, json: await response.json() };
  }

  const client = (): ServerClient =>
    new ServerClient('the-token', { requestHost: new URL(apiUrl).host, useHttps: false, timeout: 5 });

  it('counts what it accepted, by stream, attempt and recipient', async () => {
    const Metadata = { 'postlane-attempt': 'one' };
    await client().sendEmailBatch([
      { ...mail, Metadata },
      { ...mail, Metadata },
      { ...mail, MessageStream: 'broadcast', Metadata: { 'postlane-attempt': 'two' } },
      { ...mail, To: 'bounce+1@mail.example' },
    ]);
    await ask('GET', '/sandbox/idle');
    expect((await ask('GET', '/sandbox/summary')).json).to.deep.include({
      accepted: 4,
      byStream: { outbound: 3, broadcast: 1 },
      events: { Delivered: 3, Bounced: 1, SubscriptionChanged: 1 },
      attempts: 2,
      attemptsWithCopies: 1,
      bounces: 1,
      suppressions: 1,
      lost: 0,
      refused: 0,
    });
    expect((await ask('GET', '/sandbox/copies')).json).to.deep.equal({ one: 2, two: 1 });
    const recipients = { 'ada@mail.example': 3, 'bounce+1@mail.example': 1 };
    expect((await ask('GET', '/sandbox/recipients')).json).to.deep.equal(recipients);
  });

  it('hands out its certificate for SMTP', async () => {
    const { json } = await ask('GET', '/sandbox/certificate');
    const { caCertificate } = json as { caCertificate: string };
    const { hostname, port } = new URL(smtpUrl);
    const auth = { user: 'the-token', pass: 'the-token' };
    const tls = { ca: caCertificate };
    const transport = createTransport({ host: hostname, port: Number(port), requireTLS: true, tls, auth });
    expect(await transport.verify()).to.equal(true);
    transport.close();
  });

  it('takes faults, lists them and clears them', async () => {
    const fault = { where: 'POST /email', kind: 'status', status: 500, times: 2 };
    expect(await ask('POST', '/sandbox/faults', fault)).to.deep.equal({ status: 200, json: { done: true } });
    const error = await client()
      .sendEmail(mail)
      .catch((caught: unknown) => caught);
    expect(error).to.have.property('statusCode', 500);
    expect((await ask('GET', '/sandbox/faults')).json).to.deep.equal([{ ...fault, times: 1, headers: {} }]);
    await ask('DELETE', '/sandbox/faults');
    expect((await client().sendEmail(mail)).ErrorCode).to.equal(0);
  });

  const wrong: [path: string, body: unknown, text: RegExp][] = [
    ['/sandbox/faults', { where: 'POST /email', kind: 'odd' }, /^kind must be one of status, slow/],
    ['/sandbox/faults', { kind: 'slow' }, /^where must be a text/],
    ['/sandbox/faults', { where: 'x', kind: 'slow', ms: '5' }, /^ms must be a number/],
    ['/sandbox/faults', { where: 'x', kind: 'status', headers: { a: 1 } }, /^headers must be/],
    ['/sandbox/faults', 7, /^A fault is an object/],
    ['/sandbox/faults', { where: 'smtp:mail', kind: 'status' }, /^At 'smtp:mail' the kind must be/],
    ['/sandbox/clock', { advanceMs: -1 }, /^advanceMs must be/],
    ['/sandbox/inbound', { subject: 'x' }, /^raw must be/],
    ['/sandbox/inbound', { from: 'a@mail.example', text: 7 }, /^text must be/],
    ['/sandbox/inbound-webhook', { url: 7 }, /^url must be/],
    ['/sandbox/smtp-tokens', { stream: 'inbound' }, /1457/],
    ['/sandbox/webhook', { url: 'nonsense' }, /^url must be an address/],
    ['/sandbox/events', { kind: 'open' }, /^target must be/],
    ['/sandbox/events', { kind: 'dance', target: 'ada@mail.example' }, /^kind must be one of/],
    ['/sandbox/events', { kind: 'open', target: 'nobody@mail.example' }, /holds no message for/],
    ['/sandbox/events', { kind: 'suppress', target: 'a@mail.example', stream: 'no' }, /no stream 'no'/],
  ];
  for (const [path, body, text] of wrong) {
    it(`says what is wrong with ${JSON.stringify(body)}`, async () => {
      const { status, json } = await ask('POST', path, body);
      expect(status).to.equal(400);
      expect((json as { wrong: string }).wrong).to.match(text);
    });
  }

  it('acts on mail and posts to the receiver it is given', async () => {
    const receiver = await createReceiver();
    await ask('POST', '/sandbox/webhook', { url: receiver.url, username: 'u', password: 'p' });
    const { MessageID } = await client().sendEmail({ ...mail, MessageStream: 'broadcast' });
    for (const kind of ['open', 'click', 'bounce', 'complain', 'unsubscribe', 'suppress']) {
      const target = kind === 'suppress' ? 'new@mail.example' : MessageID;
      expect(await ask('POST', '/sandbox/events', { kind, target })).to.include({ status: 200 });
    }
    await ask('GET', '/sandbox/idle');
    const types = receiver.hooks.map(({ body }) => String(body.RecordType)).sort();
    expect(types).to.deep.equal([
      'Bounce',
      'Click',
      'Delivery',
      'Open',
      'SpamComplaint',
      'SubscriptionChange',
      'SubscriptionChange',
    ]);
    await ask('POST', '/sandbox/webhook', { url: null });
    await receiver.close();
  });

  it('takes orders only in JSON and only under its own name', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(
      (await fetch(`${apiUrl}/sandbox/reset`, { method: 'POST', headers: form, body: 'a=b' })).status,
    ).to.equal(415);
    expect((await ask('GET', '/sandbox/nothing')).status).to.equal(404);
  });

  it('moves its clock', async () => {
    const { json: before } = await ask('GET', '/sandbox/clock');
    const { json: after } = await ask('POST', '/sandbox/clock', { advanceMs: 86_400_000 });
    const passed = Date.parse((after as { now: string }).now) - Date.parse((before as { now: string }).now);
    expect(passed).to.be.within(86_400_000, 86_500_000);
  });

  it('shows captured mail as JSON', async () => {
    await client().sendEmail({ ...mail, Subject: 'First', Tag: 'a' });
    await client().sendEmail({
      ...mail,
      Subject: 'Second',
      To: 'bob@mail.example',
      Metadata: { order: '7' },
    });
    const { json } = await ask('GET', '/sandbox/captured');
    expect((json as { subject: string }[]).map(({ subject }) => subject)).to.deep.equal(['Second', 'First']);
    const { json: narrowed } = await ask('GET', '/sandbox/captured?recipient=bob&count=1');
    expect((narrowed as object[])[0]).to.deep.include({
      subject: 'Second',
      recipients: ['bob@mail.example'],
      text: 'Hi',
      metadata: { order: '7' },
      via: 'rest',
    });
    expect((await ask('GET', '/sandbox/captured?tag=none')).json).to.deep.equal([]);
  });

  it('takes inbound mail, from its parts or as MIME, and replies', async () => {
    const receiver = await createReceiver();
    await ask('POST', '/sandbox/inbound-webhook', { url: receiver.url });
    const parts = { from: 'Ada <ada@mail.example>', subject: 'Hello', text: 'Hi' };
    const { json } = await ask('POST', '/sandbox/inbound', parts);
    expect((json as { MessageID: string }).MessageID).to.match(/^[0-9a-f-]{36}$/);
    const raw = 'From: bob@mail.example\r\nTo: x@shop.example\r\nSubject: Raw\r\n\r\nText';
    await ask('POST', '/sandbox/inbound', { raw, recipient: 'hash+t9@inbound.postmarkapp.com' });
    const { MessageID } = await client().sendEmail(mail);
    await ask('POST', '/sandbox/events', { kind: 'reply', target: MessageID, text: 'Thanks' });
    await ask('GET', '/sandbox/idle');
    const got = receiver.hooks.map(({ body }) => [body.From, body.Subject, body.MailboxHash]).sort();
    expect(got).to.deep.equal([
      ['ada@mail.example', 'Hello', ''],
      ['ada@mail.example', 'Re: Hello', ''],
      ['bob@mail.example', 'Raw', 't9'],
    ]);
    await ask('POST', '/sandbox/inbound-webhook', { url: null });
    await receiver.close();
  });

  it('makes SMTP tokens', async () => {
    const { json } = await ask('POST', '/sandbox/smtp-tokens', { stream: 'broadcast' });
    expect(json).to.have.all.keys('stream', 'accessKey', 'secretKey');
    expect(json).to.include({ stream: 'broadcast' });
  });

  it('goes when the process that started it goes', async () => {
    const other = start(['--token', 'x']);
    await firstLine(other.stdout);
    other.disconnect();
    const [code] = await once(other, 'exit');
    expect(code).to.equal(0);
  });
});
