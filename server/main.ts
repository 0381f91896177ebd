import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { connect } from '../db/connect.ts';
import { createApp } from './app.ts';
import { loadConfig } from './config.ts';
import { createMail } from './mail/index.ts';
import { failStart, stopOnSignal } from './stopping.ts';

/** Config -> database -> mail -> app -> listen; stops in reverse. */
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const db = connect(config.database);
  const mail = await createMail(config, { db });
  const server = createServer(createApp(mail, db, config));
  stopOnSignal(async () => {
    const closed = promisify(server.close.bind(server))();
    server.closeIdleConnections();
    await closed;
    await mail.close();
    await db.destroy();
  });
  // Without somebody to decide who may look, the pages are for this machine only.
  const host = config.production ? undefined : '127.0.0.1';
  server.listen(config.port, host, () => {
    mail.log.info({ port: config.port }, 'server up');
    process.send?.('up');
  });
}

main().catch(failStart);
