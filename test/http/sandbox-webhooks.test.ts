import { createServer } from 'node:http';
import { expect } from 'chai';
import { createReceiver } from '../sandbox/receiver.ts';
import { useReports } from '../support/sandbox-webhooks.ts';

describe("the sandbox's webhooks", () => {
  const { sandbox, receiver, send } = useReports();

  it('posts JSON with Basic credentials, a trace id and the retries that remain', async () => {
    await send();
    const [hook] = receiver.hooks;
    expect(hook?.headers.authorization).to.equal(`Basic ${Buffer.from('hook:se:cret').toString('base64')}`);
    expect(hook?.headers['content-type']).to.equal('application/json');
    expect(hook?.headers['x-pm-webhook-trace-id']).to.match(/^[0-9a-f-]{36}$/);
    expect(hook?.headers['x-pm-retries-remaining']).to.equal('9');
  });

  it('tries again after 5xx, 408 and 429 under the same trace id', async () => {
    receiver.answerWith(500, 408, 429);
    await send();
    await sandbox.idle({ withRetries: true });
    const traces = receiver.hooks.map(({ headers }) => headers['x-pm-webhook-trace-id']);
    expect(new Set(traces).size).to.equal(1);
    expect(receiver.hooks.map(({ headers }) => headers['x-pm-retries-remaining'])).to.deep.equal([
      '9',
      '8',
      '7',
      '6',
    ]);
    expect(sandbox.webhookCounts()).to.include({ delivered: 1, givenUp: 0 });
  });

  for (const status of [400, 401, 403, 404, 422]) {
    it(`gives an event up at once after ${status}`, async () => {
      receiver.answerWith(status);
      await send();
      await sandbox.idle({ withRetries: true });
      expect(receiver.hooks).to.have.length(1);
      expect(sandbox.webhookCounts()).to.include({ delivered: 0, givenUp: 1 });
    });
  }

  it('gives an event up after its last retry', async () => {
    receiver.answerWith(...Array.from({ length: 10 }, () => 503));
    await send();
    await sandbox.idle({ withRetries: true });
    expect(receiver.hooks).to.have.length(10);
    expect(receiver.hooks.at(-1)?.headers['x-pm-retries-remaining']).to.equal('0');
    expect(sandbox.webhookCounts()).to.include({ delivered: 0, givenUp: 1 });
  });

  it('takes another connection when a kept one was closed, without using up a retry', async () => {
    const served = new WeakSet<object>();
    const tries: unknown[] = [];
    const server = createServer((request, response) => {
      tries.push(request.headers['x-pm-retries-remaining']);
      if (served.has(request.socket)) request.socket.resetAndDestroy();
      else request.resume().on('end', () => response.end());
      served.add(request.socket);
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    sandbox.setWebhook(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`);
    await send();
    await send();
    expect(tries).to.deep.equal(['9', '9', '9']);
    expect(sandbox.webhookCounts()).to.include({ delivered: 2, waitingForRetry: 0 });
    server.closeAllConnections();
    server.close();
  });

  it('follows redirects', async () => {
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(307, { location: receiver.url }).end();
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    sandbox.setWebhook(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`);
    await send();
    expect(receiver.of('Delivery')).to.have.length(1);
    server.closeAllConnections();
    server.close();
  });

  it('can be pointed elsewhere, also with credentials in the address', async () => {
    const other = await createReceiver();
    sandbox.setWebhook(other.url.replace('//', '//user:pass@'));
    sandbox.setWebhook(other.url, { username: 'user', password: 'pass' });
    await send();
    expect(receiver.hooks).to.deep.equal([]);
    expect(other.hooks[0]?.headers.authorization).to.equal(`Basic ${btoa('user:pass')}`);
    sandbox.setWebhook(null);
    await send();
    expect(other.hooks).to.have.length(1);
    await other.close();
  });
});
