import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { createSmtpTransport } from '../../server/mail/providers/smtp/transport.ts';
import type { Outcome } from '../../server/mail/providers/transport.ts';
import { anEnvelope } from '../support/envelope.ts';

const anyTime = 60_000;

describe('SMTP transport against servers that misbehave', () => {
  let server: Server | undefined;
  let heard = '';
  afterEach(() => server?.close());

  /** A server that answers each line it hears as told; null: silence. */
  const serve = async (greeting: string | null, answer: (line: string, socket: Socket) => string | null) => {
    heard = '';
    server = createServer(socket => {
      socket.on('error', () => {});
      if (greeting !== null) socket.write(`${greeting}\r\n`);
      socket.on('data', chunk => {
        for (const line of chunk.toString().split('\r\n').filter(Boolean)) {
          heard += `${line}\n`;
          const reply = answer(line, socket);
          if (reply !== null) socket.write(`${reply}\r\n`);
        }
      });
    });
    await new Promise<void>(resolve => server?.listen(0, '127.0.0.1', resolve));
    return `smtp://user:secret-word@127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const tryAt = async (url: string): Promise<Outcome | undefined> => {
    const other = createSmtpTransport({ name: 'office', url, connections: 1 });
    try {
      return (await other.send([anEnvelope()], anyTime))[0];
    } finally {
      await other.close();
    }
  };

  it('leaves out nobody else when one message cannot be put together', async () => {
    const odd = anEnvelope();
    const transport = createSmtpTransport({
      name: 'office',
      url: 'smtp://127.0.0.1:9',
      controlHeaders: ({ attemptId }) => {
        if (attemptId === odd.attemptId) throw new Error('no such header');
        return {};
      },
    });
    const outcomes = await transport.send([odd, anEnvelope()], anyTime);
    await transport.close();
    expect(outcomes.map(({ kind, code }) => [kind, code])).to.deep.equal([
      ['rejected', 'cannot-compose'],
      ['deferred', 'smtp-esocket'],
    ]);
  });

  it('without STARTTLS: deferred, and neither password nor mail goes in the clear', async () => {
    const url = await serve('220 hi', line =>
      line.startsWith('EHLO') ? '250-hi\r\n250 AUTH PLAIN LOGIN' : '502 no',
    );
    expect((await tryAt(url))?.kind).to.equal('deferred');
    expect(heard).not.to.match(/AUTH|MAIL|secret-word/);
    expect(heard).not.to.contain(Buffer.from('\0user\0secret-word').toString('base64'));
  });

  it('that greet with a refusal: deferred', async () => {
    const url = await serve('554 go away', () => '503 what?');
    expect(await tryAt(url)).to.include({ kind: 'deferred', code: 'smtp-554' });
  });

  it('that hang up at once: deferred', async () => {
    server = createServer(socket => socket.destroy());
    await new Promise<void>(resolve => server?.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect((await tryAt(`smtp://127.0.0.1:${port}`))?.kind).to.equal('deferred');
  });

  it('that are not there: deferred', async () => {
    const url = await serve('220 hi', () => null);
    await new Promise(resolve => server?.close(resolve));
    server = undefined;
    expect((await tryAt(url))?.kind).to.equal('deferred');
    expect((await tryAt('smtp://no-such-host.invalid:25'))?.kind).to.equal('deferred');
  });
});
