import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { connect } from '../db/connect.ts';
import { warnOfUnmailedLinks } from './accounts/link-mail.ts';
import { createApp } from './app.ts';
import { type Config, requirePrivatePages } from './config/index.ts';
import { createMail } from './mail/index.ts';
import { stopOnSignal } from './stopping.ts';

/** The stand-alone server: database -> mail -> app -> listen; stops in reverse. */
export async function startServer(config: Config): Promise<void> {
  requirePrivatePages(config);
  const db = connect(config.database);
  const mail = await createMail(config, { db });
  warnOfUnmailedLinks({ mail });
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
