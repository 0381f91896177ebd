import { connect, type Socket } from 'node:net';

/** What both sides are posted with. */
export const credential = { user: 'postmark', password: 'a-long-password-of-the-webhook' };

const authorization = Buffer.from(`${credential.user}:${credential.password}`).toString('base64');

/** A body as it goes over the wire, made before the time is taken. */
export function requestOf(event: object): Buffer {
  const body = JSON.stringify(event);
  return Buffer.from(
    `POST /webhooks/postmark HTTP/1.1\r\nHost: localhost\r\nUser-Agent: Postmark\r\nAuthorization: Basic ${authorization}\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** Connections kept open; what a client library would add to both sides' cost is left out. */
export class Load {
  private readonly connections: Connection[];

  private constructor(connections: Connection[]) {
    this.connections = connections;
  }

  static async open(port: number, connections: number): Promise<Load> {
    return new Load(await Promise.all(Array.from({ length: connections }, () => Connection.open(port))));
  }

  /** Posts all as fast as the answers come, or until `limitMs`; how many, and the milliseconds it took. */
  async flood(
    requests: readonly Buffer[],
    limitMs = Number.POSITIVE_INFINITY,
  ): Promise<{ count: number; ms: number }> {
    let next = 0;
    const began = performance.now();
    const lane = async (connection: Connection) => {
      for (let at = next++; at < requests.length; at = next++) {
        if (performance.now() - began > limitMs) return;
        await connection.post(requests[at] as Buffer);
        count += 1;
      }
    };
    let count = 0;
    await Promise.all(this.connections.map(lane));
    return { count, ms: performance.now() - began };
  }

  /** Posts so many a second, whatever the answers take; the time of each from when it was due, in ms. */
  async pace(requests: readonly Buffer[], perSecond: number): Promise<number[]> {
    const times: number[] = [];
    const free = [...this.connections];
    const waiting: { request: Buffer; dueAt: number }[] = [];
    const pending = new Set<Promise<void>>();
    const postNext = () => {
      while (free.length > 0 && waiting.length > 0) {
        const connection = free.pop() as Connection;
        const { request, dueAt } = waiting.shift() as { request: Buffer; dueAt: number };
        const posted = connection.post(request).then(() => {
          times.push(performance.now() - dueAt);
          free.push(connection);
          pending.delete(posted);
          postNext();
        });
        pending.add(posted);
      }
    };
    const began = performance.now();
    for (let at = 0; at < requests.length; ) {
      const due = Math.min(requests.length, Math.floor(((performance.now() - began) / 1000) * perSecond) + 1);
      for (; at < due; at += 1)
        waiting.push({ request: requests[at] as Buffer, dueAt: began + (at / perSecond) * 1000 });
      postNext();
      await new Promise(resolve => setTimeout(resolve, 1));
    }
    while (pending.size > 0) await Promise.all(pending);
    return times;
  }

  close(): void {
    for (const connection of this.connections) connection.close();
  }
}

/** One connection, with one request on its way at most. */
class Connection {
  private readonly socket: Socket;
  private received = '';
  private answered: { resolve: () => void; reject: (error: Error) => void } | null = null;

  private constructor(socket: Socket) {
    this.socket = socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (chunk: string) => this.take(chunk));
    socket.on('error', error => this.answered?.reject(error));
    socket.on('close', () => this.answered?.reject(new Error('The connection was closed.')));
  }

  static open(port: number): Promise<Connection> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => resolve(new Connection(socket)));
      socket.once('error', reject);
    });
  }

  /** Resolves with the answer; rejects unless that is 200. */
  post(request: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.socket.destroyed) return reject(new Error('The connection was closed.'));
      this.answered = { resolve, reject };
      this.socket.write(request);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private take(chunk: string): void {
    this.received += chunk;
    const head = this.received.indexOf('\r\n\r\n');
    if (head === -1) return;
    const length = Number(/content-length: (\d+)/i.exec(this.received)?.[1] ?? 0);
    if (this.received.length < head + 4 + length) return;
    const answer = this.received;
    this.received = '';
    const waiting = this.answered;
    this.answered = null;
    if (answer.startsWith('HTTP/1.1 200')) waiting?.resolve();
    else waiting?.reject(new Error(`Answered with ${answer.slice(0, 300)}`));
  }
}
