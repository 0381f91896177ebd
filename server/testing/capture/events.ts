import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A place that a local Postmark posts its events to. */
export interface EventReceiver {
  readonly url: string;
  close(): Promise<void>;
}

/** Opens one; each event goes to `take`, and is posted again later when that fails. */
export async function receiveEvents(take: (body: string) => Promise<unknown>): Promise<EventReceiver> {
  const server = createServer(async (request, response) => {
    try {
      let body = '';
      for await (const chunk of request.setEncoding('utf8')) body += chunk;
      await take(body);
      response.writeHead(200).end();
    } catch {
      response.writeHead(500).end();
    }
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
