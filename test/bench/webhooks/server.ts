import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { pino } from 'pino';
import { demoPolicy } from '../../../server/demo/policy.ts';
import { demoTemplates } from '../../../server/demo/templates.ts';
import { publicRouter } from '../../../server/express.ts';
import { createMail } from '../../../server/mail/index.ts';
import { sender } from '../bench.ts';
import { credential } from './load.ts';

// One side of the benchmark in a process of its own, told by its arguments: `ours DATABASE_URL` or `pair`. Answers with its
// port on the channel, and ends with it.

const [side, database = ''] = process.argv.slice(2);
const app = express();
if (side === 'ours') app.use(await ours());
else
  app.post(
    '/webhooks/postmark',
    express.json(),
    (_request, response) => void response.json({ result: 'stored' }),
  );

const server = createServer(app).listen(0, '127.0.0.1', () => {
  process.send?.((server.address() as AddressInfo).port);
});
// The connections of one side wait while the other is measured.
server.keepAliveTimeout = 0;
process.on('disconnect', () => process.exit(0));

async function ours() {
  const logger = pino({ level: 'warn' }, pino.destination(2));
  const mail = await createMail(
    {
      ...{
        database,
        postmark: { token: 'none', apiUrl: 'http://127.0.0.1:9', smtpUrl: 'smtp://127.0.0.1:9' },
        smtp: {},
        from: sender,
        logLevel: 'warn',
        logger,
      },
      ...{ templates: demoTemplates, policy: demoPolicy },
    },
    // Nothing is sent, and no provider is there to be asked.
    { role: 'command' },
  );
  return publicRouter(mail, { webhookCredentials: [credential] });
}
