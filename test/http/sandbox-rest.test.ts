import { expect } from 'chai';
import { createSandbox } from '../sandbox/index.ts';
import { useOneSandbox } from '../support/sandbox.ts';

describe("the sandbox's REST door", () => {
  const { sandbox } = useOneSandbox({ token: 'the-token' });

  const json = { accept: 'application/json', 'content-type': 'application/json' };
  const mail = JSON.stringify({ From: 'a@sender.example', To: 'b@mail.example', TextBody: 'Hi' });

  function call(path: string, headers: Record<string, string>, body?: string): Promise<Response> {
    return fetch(sandbox.apiUrl + path, body === undefined ? { headers } : { method: 'POST', headers, body });
  }

  const badTokens: [string, Record<string, string>, string][] = [
    ['no token', {}, 'Request does not contain a valid Server token.'],
    [
      'a wrong token',
      { 'x-postmark-server-token': 'other' },
      'Request does not contain a valid Server token.',
    ],
    [
      'both kinds of token',
      { 'x-postmark-server-token': 'the-token', 'x-postmark-account-token': 'the-token' },
      'Please do not include Account API Token for Server API Token calls.',
    ],
  ];
  for (const [what, headers, message] of badTokens) {
    it(`refuses ${what}`, async () => {
      const response = await call('/server', { ...json, ...headers });
      expect(response.status).to.equal(401);
      expect(response.headers.get('x-pm-apierrorcode')).to.equal('10');
      expect(await response.json()).to.deep.equal({ ErrorCode: 10, Message: message });
    });
  }

  const token = { 'x-postmark-server-token': 'THE-TOKEN' };

  it('takes the token in any case, and paths in any case with a trailing slash', async () => {
    const response = await call('/Server/', { ...json, ...token });
    expect(response.status).to.equal(200);
    expect(response.headers.get('content-type')).to.equal('application/json; charset=utf-8');
    expect(response.headers.get('cache-control')).to.equal('private');
    expect(await response.json()).to.include({ ID: 77, DeliveryType: 'Live', SmtpApiActivated: true });
  });

  it('checks the token before anything else about the call', async () => {
    expect((await call('/email', {}, 'not json')).status).to.equal(401);
  });

  it('wants the JSON headers', async () => {
    expect((await call('/email', { ...token, ...json, 'content-type': 'text/plain' }, mail)).status).to.equal(
      415,
    );
    expect((await call('/email', { ...token, ...json, accept: 'text/html' }, mail)).status).to.equal(415);
  });

  it('answers 402 to broken JSON', async () => {
    const response = await call('/email', { ...json, ...token }, '{');
    expect(response.status).to.equal(422);
    expect(await response.json()).to.include({ ErrorCode: 402 });
  });

  it('answers 413 without JSON to more than 10 MB', async () => {
    const response = await call('/email', { ...json, ...token }, 'x'.repeat(10 * 1024 * 1024 + 1));
    expect(response.status).to.equal(413);
    expect(response.headers.get('content-type')).to.match(/^text\/plain/);
  });

  it('answers 413 also to a body that does not say how long it is, after hearing it out', async () => {
    const stream = new Blob(['x'.repeat(10 * 1024 * 1024 + 1)]).stream();
    const init = { method: 'POST', headers: { ...json, ...token }, body: stream, duplex: 'half' };
    const response = await fetch(`${sandbox.apiUrl}/email`, init as RequestInit);
    expect(response.status).to.equal(413);
  });

  it('looks at the token and the headers before the size', async () => {
    const large = 'x'.repeat(10 * 1024 * 1024 + 1);
    expect((await call('/email', json, large)).status).to.equal(401);
    const asText = { ...json, ...token, 'content-type': 'text/plain' };
    expect((await call('/email', asText, large)).status).to.equal(415);
  });

  it('answers 402 to a send without a body', async () => {
    const response = await call('/email', { ...json, ...token }, '');
    expect(response.status).to.equal(422);
    expect(await response.json()).to.include({ ErrorCode: 402 });
  });

  it('answers 400 with code 1002 where the id of a bounce is missing', async () => {
    const response = await call('/bounces//dump', { ...json, ...token });
    expect(response.status).to.equal(400);
    expect(await response.json()).to.include({ ErrorCode: 1002 });
  });

  it('takes the test token in any case', async () => {
    const response = await call('/email', { ...json, 'x-postmark-server-token': 'postmark_api_test' }, mail);
    expect(await response.json()).to.include({ ErrorCode: 0, Message: 'Test job accepted' });
  });

  for (const path of ['/nowhere', '//', '//other.example/x', '/%']) {
    it(`answers 404 on ${path}`, async () => {
      expect((await call(path, { ...json, ...token })).status).to.equal(404);
    });
  }

  it('frees its port on close, even with a connection open', async () => {
    const other = await createSandbox();
    await fetch(other.apiUrl);
    await other.close();
    const again = await createSandbox({ port: Number(new URL(other.apiUrl).port) });
    expect(again.apiUrl).to.equal(other.apiUrl);
    await again.close();
  });

  it('says so when a port is taken, and leaves nothing open', async () => {
    const port = Number(new URL(sandbox.apiUrl).port);
    const error = await createSandbox({ port }).catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(Error).with.property('code', 'EADDRINUSE');
  });
});
