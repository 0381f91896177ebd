import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { crash, FaultFound } from './support/fault.ts';

/** What is asked of a server on this machine. */
export interface Asked {
  method: string;
  path: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
}

/** What it answered. */
export interface Answered {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** Asks, and answers what came back. A server error, or a connection that ends without an answer, is a fault. */
export interface HttpClient {
  ask(asked: Asked): Promise<Answered>;
  /** Writes the bytes as they are, whether they are HTTP or not, and reads the first line of what comes back. */
  write(bytes: Buffer, cutOff: boolean): Promise<void>;
  close(): void;
}

export function createHttpClient(port: number): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  let asked = 0;
  return {
    async ask(given) {
      // Each from another address, as through a proxy: from one alone, most would meet a limit and nothing behind it.
      asked += 1;
      const from = { 'x-forwarded-for': `10.${(asked >> 16) & 255}.${(asked >> 8) & 255}.${asked & 255}` };
      const answered = await answerTo(agent, port, { ...given, headers: { ...from, ...given.headers } });
      if (answered.status >= 500) throw serverError(answered.status, `${given.method} ${given.path}`);
      return answered;
    },
    write: (bytes, cutOff) => writeRaw(port, bytes, cutOff),
    close: () => agent.destroy(),
  };
}

function serverError(status: number, what: string): FaultFound {
  const path = what.replace(/\?.*$/s, '').slice(0, 200);
  return new FaultFound({ kind: 'server-error', message: `${status} to ${path}` });
}

function answerTo(agent: Agent, port: number, { method, path, headers, body }: Asked): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, agent, method, path, headers }, response => {
      const chunks: Buffer[] = [];
      response.on('data', chunk => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    sent.on('error', error => {
      // A connection kept for the next request may end just then.
      const { code } = error as NodeJS.ErrnoException;
      if (sent.reusedSocket && code === 'ECONNRESET')
        answerTo(agent, port, {
          method,
          path,
          ...(headers && { headers }),
          ...(body !== undefined && { body }),
        }).then(resolve, reject);
      else if (code === 'EPIPE' || code === 'ECONNRESET') resolve({ status: 413, headers: {}, text: '' });
      else reject(error);
    });
    sent.end(body);
  });
}

function writeRaw(port: number, bytes: Buffer, cutOff: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.setTimeout(5_000, () => {
      socket.destroy();
      // A server may wait for the rest of half a request.
      resolve();
    });
    socket.on('data', chunk => {
      text += chunk.toString('latin1');
      const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(text) ?? [];
      if (status === undefined) return;
      socket.destroy();
      if (Number(status) >= 500) reject(serverError(Number(status), 'bytes'));
      else resolve();
    });
    socket.on('error', () => resolve());
    socket.on('close', () => resolve());
    socket.on('connect', () => {
      socket.write(bytes, () => {
        if (cutOff) socket.destroy();
        else socket.end();
      });
    });
  });
}

/** For answers that must not be what they are. */
export function unexpected(what: string): FaultFound {
  return crash(what);
}
