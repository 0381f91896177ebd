import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Mail } from '../../mail/index.ts';

/** Where the sandbox reports to while history is made: into this process, whose clock stands in the past. */
export interface WebhookReceiver {
  url: string;
  close(): Promise<void>;
}

/** Listens on any free port of loopback. */
export async function openWebhookReceiver(mail: Mail): Promise<WebhookReceiver> {
  const server = createServer((request, response) => {
    text(request)
      .then(body => mail.receive('postmark', body))
      .then(
        () => response.writeHead(200).end(),
        error => {
          mail.log.error({ err: error }, 'a webhook of the sandbox could not be recorded');
          response.writeHead(500).end();
        },
      );
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
