import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** An SMTP dialogue led by hand, to send what no mail library would. */
export interface Talk {
  /** What the server says next: its lines up to the last of a reply. Rejects when the connection ends before. */
  hear(): Promise<string>;
  /** Sends lines and hears the reply to the last; the earlier ones are heard, too. */
  say(...lines: string[]): Promise<string>;
  /** Sends bytes as they are. */
  write(bytes: string | Buffer): void;
  /** Goes on over TLS after a reply to STARTTLS. */
  secure(ca: string): Promise<void>;
  /** Resolves when the server has ended the connection. */
  ended(): Promise<void>;
  close(): void;
}

/** Connects and hears the banner. */
export async function talkTo(url: string): Promise<Talk> {
  const { hostname, port } = new URL(url);
  let socket: Socket = connect(Number(port), hostname);
  let heard = '';
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const resolve of waiting) resolve();
    waiting.clear();
  };
  const listen = (): void => {
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
      wake();
    });
    socket.on('close', wake).on('error', wake);
  };
  const hear = async (): Promise<string> => {
    for (;;) {
      const reply = /^(?:\d{3}-.*\r\n)*\d{3}(?: .*)?\r\n/.exec(heard)?.[0];
      if (reply !== undefined) {
        heard = heard.slice(reply.length);
        return reply.trimEnd();
      }
      if (socket.destroyed || socket.readableEnded) throw new Error(`The connection ended; heard: ${heard}`);
      await new Promise<void>(resolve => waiting.add(resolve));
    }
  };
  listen();
  await once(socket, 'connect');
  const talk: Talk = {
    hear,
    say: async (...lines) => {
      socket.write(lines.map(line => `${line}\r\n`).join(''));
      let reply = '';
      for (const _ of lines) reply = await hear();
      return reply;
    },
    write: bytes => void socket.write(bytes),
    secure: async ca => {
      socket.removeAllListeners();
      socket = connectTls({ socket, ca, servername: 'localhost' });
      listen();
      await once(socket, 'secureConnect');
    },
    ended: async () => {
      if (!socket.destroyed) await once(socket, 'close');
    },
    close: () => socket.destroy(),
  };
  return talk;
}
