import { expect } from 'chai';
import { createTransport } from 'nodemailer';
import { restClient, smtpClient } from '../sandbox/clients.ts';
import { createSandbox, type Fault, type FaultKind } from '../sandbox/index.ts';
import { useSandbox } from '../support/sandbox.ts';
import { until } from '../support/until.ts';

const mail = { From: 'shop@sender.example', To: 'ada@mail.example', Subject: 'Hello', TextBody: 'Hi' };
const smtpMail = { from: mail.From, to: mail.To, subject: mail.Subject, text: mail.TextBody };

describe("the sandbox's faults", () => {
  const { sandbox, client } = useSandbox({ deliveryMs: 1 });

  const failureOf = (call: Promise<unknown>): Promise<unknown> =>
    call.then(
      () => null,
      (error: unknown) => error,
    );

  it('answers a planned status as often as asked', async () => {
    const body = { ErrorCode: 100, Message: 'Maintenance' };
    sandbox.faults.add({ where: 'POST /email', kind: 'status', status: 503, body, times: 2 });
    expect(await failureOf(client.sendEmail(mail))).to.include({ statusCode: 503, code: 100 });
    expect(await failureOf(client.sendEmail(mail))).to.include({ statusCode: 503 });
    expect(await failureOf(client.sendEmail(mail))).to.equal(null);
    expect(sandbox.messages.count).to.equal(1);
    expect(sandbox.faults.list()).to.deep.equal([]);
  });

  const impossible: [string, Partial<Fault>, RegExp][] = [
    ['a route there is not', { where: 'POST /emails' }, /no place/],
    ['a step there is not', { where: 'smtp:dot', kind: 'drop' }, /no place/],
    ['an event there is not', { where: 'webhook:Bounced', kind: 'lose' }, /no place/],
    ['a kind that cannot be there', { where: 'SMTP:mail', kind: 'truncated' }, /kind must be one of/],
    ['no times', { times: 0 }, /times/],
    ['a chance above 1', { probability: 50 }, /probability/],
  ];
  for (const [what, fault, words] of impossible) {
    it(`refuses to plan ${what}`, async () => {
      const planned: Fault = { where: 'POST /email', kind: 'slow', ...fault };
      expect(() => sandbox.faults.add(planned)).to.throw(words);
      const body = JSON.stringify(planned);
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(`${sandbox.apiUrl}/sandbox/faults`, { method: 'POST', headers, body });
      expect(answer.status).to.equal(400);
      expect(sandbox.faults.list()).to.deep.equal([]);
    });
  }

  it('takes mail with the words of a slow platform, and without an ErrorCode', async () => {
    sandbox.faults.add({ where: 'POST /email*', kind: 'delayed' });
    const one = await client.sendEmail(mail);
    expect(one.Message).to.equal('Message accepted, but delivery may be delayed.');
    expect(one).not.to.have.property('ErrorCode');
    const [first, second] = await client.sendEmailBatch([mail, { ...mail, TextBody: '' }]);
    expect(first).to.include({ Message: one.Message });
    expect(second).to.include({ ErrorCode: 300 });
    expect(sandbox.messages.count).to.equal(2);
  });

  it('sends the planned body and headers as they are', async () => {
    const headers = { 'Retry-After': '7' };
    sandbox.faults.add({ where: 'GET /server', kind: 'status', status: 429, body: '<html>', headers });
    const response = await fetch(`${sandbox.apiUrl}/server`);
    expect(response.status).to.equal(429);
    expect(response.headers.get('retry-after')).to.equal('7');
    expect(await response.text()).to.equal('<html>');
  });

  const codes: [code: number, status: number, text: RegExp][] = [
    [10, 401, /valid Server token/],
    [100, 503, /Maintenance/],
    [101, 500, /unexpected/],
    [406, 422, /Found inactive addresses: inactive@mail\.example\. Inactive/],
    [413, 422, /may not send/],
    [1002, 400, /Error 1002/],
    [1235, 422, /does not exist on this server/],
  ];
  for (const [code, status, text] of codes) {
    it(`answers ErrorCode ${code} with HTTP ${status} and its text`, async () => {
      sandbox.faults.add({ where: 'POST /email', kind: 'status', code, times: 1 });
      const error = await failureOf(client.sendEmail(mail));
      expect(error).to.include({ statusCode: status, code }).and.have.property('message').match(text);
      expect(sandbox.messages.count).to.equal(0);
    });
  }

  it('refuses a fault that cannot happen at its place', () => {
    const { faults } = sandbox;
    expect(() => faults.add({ where: 'smtp:mail', kind: 'truncated' })).to.throw(
      /kind must be one of slow, drop/,
    );
    expect(() => faults.add({ where: 'webhook:*', kind: 'status' })).to.throw(/one of slow, reorder/);
    expect(() => faults.add({ where: 'POST /email', kind: 'smtp-421' })).to.throw(/one of status, slow/);
    expect(faults.list()).to.deep.equal([]);
  });

  it('strikes only where it is planned', async () => {
    sandbox.faults.add({ where: 'POST /email/batch', kind: 'status', status: 500 });
    sandbox.faults.add({ where: 'GET /messages/*', kind: 'status', status: 502 });
    expect(await failureOf(client.sendEmail(mail))).to.equal(null);
    expect(await failureOf(client.sendEmailBatch([mail]))).to.include({ statusCode: 500 });
    expect(await failureOf(client.getOutboundMessages())).to.include({ statusCode: 502 });
  });

  it('strikes only the message that matches', async () => {
    sandbox.faults.add({ where: 'POST /email', kind: 'status', status: 500, matching: 'bob@' });
    expect(await failureOf(client.sendEmail(mail))).to.equal(null);
    expect(await failureOf(client.sendEmail({ ...mail, To: 'bob@mail.example' }))).to.include({
      statusCode: 500,
    });
  });

  it('strikes by chance', async () => {
    const chances = [0.9, 0.1];
    const lucky = await createSandbox({ random: () => chances.shift() ?? 1 });
    lucky.faults.add({ where: 'POST /email', kind: 'status', status: 500, probability: 0.5 });
    expect(await failureOf(restClient(lucky).sendEmail(mail))).to.equal(null);
    expect(await failureOf(restClient(lucky).sendEmail(mail))).to.include({ statusCode: 500 });
    await lucky.close();
  });

  const accepted: [FaultKind, number][] = [
    ['reset-before', 0],
    ['reset-after-accept', 1],
    ['timeout-after-accept', 1],
    ['truncated', 1],
  ];
  for (const [kind, copies] of accepted) {
    it(`fails a REST send with ${kind} and has taken ${copies}`, async () => {
      sandbox.faults.add({ where: 'POST /email', kind, times: 1 });
      const impatient = restClient(sandbox, sandbox.token, 0.5);
      expect(await failureOf(impatient.sendEmail(mail))).to.be.instanceOf(Error);
      await until('it is taken', () => sandbox.messages.count >= copies || 'not yet', { everyMs: 1 });
      expect(sandbox.messages.count).to.equal(copies);
    });
  }

  it('is slow when asked', async () => {
    sandbox.faults.add({ where: 'POST /email', kind: 'slow', ms: 1000, times: 1 });
    const impatient = restClient(sandbox, sandbox.token, 0.1);
    expect(await failureOf(impatient.sendEmail(mail))).to.include({ statusCode: 0 });
  });

  it('takes a fault back', async () => {
    const takeBack = sandbox.faults.add({ where: 'POST /email', kind: 'status', status: 500 });
    takeBack();
    expect(await failureOf(client.sendEmail(mail))).to.equal(null);
  });

  const replies: [where: string, kind: FaultKind, code: number][] = [
    ['smtp:connect', 'smtp-421', 421],
    ['smtp:ehlo', 'smtp-421', 421],
    ['smtp:starttls', 'smtp-454', 454],
    ['smtp:auth', 'smtp-535', 535],
    ['smtp:mail', 'smtp-451', 451],
    ['smtp:rcpt', 'smtp-550', 550],
    ['smtp:data', 'smtp-421', 421],
    ['smtp:data', 'smtp-451', 451],
    ['smtp:final', 'smtp-554', 554],
    ['smtp:final', 'smtp-452', 452],
  ];
  for (const [where, kind, code] of replies) {
    it(`answers ${code} at ${where}, takes nothing, and is well again`, async () => {
      sandbox.faults.add({ where, kind, times: 1 });
      const transport = smtpClient(sandbox);
      expect(await failureOf(transport.sendMail(smtpMail))).to.have.property('responseCode', code);
      expect(sandbox.messages.count).to.equal(0);
      expect(await failureOf(transport.sendMail(smtpMail))).to.equal(null);
      transport.close();
    });
  }

  const drops: [where: string, kind: FaultKind, copies: number][] = [
    ['smtp:connect', 'drop', 0],
    ['smtp:starttls', 'drop', 0],
    ['smtp:auth', 'drop', 0],
    ['smtp:body', 'drop', 0],
    ['smtp:mail', 'drop', 0],
    ['smtp:rcpt', 'drop', 0],
    ['smtp:data', 'drop', 0],
    ['smtp:final', 'drop', 0],
    ['smtp:final', 'reset-after-accept', 1],
  ];
  for (const [where, kind, copies] of drops) {
    it(`ends the connection with ${kind} at ${where} and has taken ${copies}`, async () => {
      sandbox.faults.add({ where, kind, times: 1 });
      const transport = smtpClient(sandbox);
      expect(await failureOf(transport.sendMail(smtpMail))).to.be.instanceOf(Error);
      expect(sandbox.messages.count).to.equal(copies);
      transport.close();
    });
  }

  it('breaks the TLS handshake, once', async () => {
    sandbox.faults.add({ where: 'smtp:starttls', kind: 'tls-failure', times: 1 });
    const transport = smtpClient(sandbox);
    expect(String(await failureOf(transport.sendMail(smtpMail)))).to.match(/handshake failure/);
    expect(await failureOf(transport.sendMail(smtpMail))).to.equal(null);
    transport.close();
  });

  it('shows a certificate that nobody was told to trust, once', async () => {
    sandbox.faults.add({ where: 'smtp:starttls', kind: 'tls-untrusted', times: 1 });
    const transport = smtpClient(sandbox);
    expect(String(await failureOf(transport.sendMail(smtpMail)))).to.match(/self-signed certificate/);
    expect(await failureOf(transport.sendMail(smtpMail))).to.equal(null);
    transport.close();
  });

  it('is slow with its banner', async () => {
    sandbox.faults.add({ where: 'smtp:connect', kind: 'slow', ms: 60_000, times: 1 });
    const { hostname, port } = new URL(sandbox.smtpUrl);
    const impatient = createTransport({ host: hostname, port: Number(port), greetingTimeout: 100 });
    expect(await failureOf(impatient.sendMail(smtpMail))).to.have.property(
      'message',
      'Greeting never received',
    );
    impatient.close();
  });

  it('keeps a message out of searches until the clock has passed the lag', async () => {
    const late = await createSandbox({ searchLagMs: 3_600_000 });
    const searching = restClient(late);
    const { MessageID } = await searching.sendEmail(mail);
    const found = async () => (await searching.getOutboundMessages()).TotalCount;
    expect(Number(await found())).to.equal(0);
    expect(await failureOf(searching.getOutboundMessageDetails(MessageID))).to.include({ code: 701 });
    await late.clock.advance(3_600_000);
    expect(Number(await found())).to.equal(1);
    await late.close();
  });

  it('falls silent after the final dot, having taken the message', async () => {
    sandbox.faults.add({ where: 'smtp:final', kind: 'timeout-after-accept', times: 1 });
    const transport = smtpClient(sandbox);
    const sending = failureOf(transport.sendMail(smtpMail));
    await until('it is taken', () => sandbox.messages.count > 0 || 'not yet', { everyMs: 1 });
    // An answer would be here before that of a later one.
    await smtpClient(sandbox).sendMail(smtpMail);
    expect(await Promise.race([sending, 'silence'])).to.equal('silence');
    await sandbox.close();
    expect(await sending).to.be.instanceOf(Error);
    transport.close();
  });
});
