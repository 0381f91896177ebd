import http from 'node:http';

/** One webhook as it arrived. */
export interface ReceivedHook {
  headers: http.IncomingHttpHeaders;
  body: Record<string, unknown>;
}

/** A webhook endpoint that keeps what it is sent. */
export interface Receiver {
  url: string;
  hooks: ReceivedHook[];
  /** What arrived of one RecordType. */
  of(recordType: string): Record<string, unknown>[];
  /** The next answers, in order; afterwards 200. */
  answerWith(...statuses: number[]): void;
  close(): Promise<void>;
}

export async function createReceiver(): Promise<Receiver> {
  const hooks: ReceivedHook[] = [];
  const statuses: number[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      hooks.push({ headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) });
      response.writeHead(statuses.shift() ?? 200).end();
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/webhooks/postmark`,
    hooks,
    of: recordType => hooks.map(({ body }) => body).filter(body => body.RecordType === recordType),
    answerWith: (...next) => void statuses.push(...next),
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
