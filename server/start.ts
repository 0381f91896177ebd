import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { promisify } from 'node:util';
import { connect } from '../db/connect.ts';
import { warnOfUnmailedLinks } from './accounts/link-mail.ts';
import { createApp } from './app.ts';
import { type Config, ConfigError, requirePrivatePages, variableOf } from './config/index.ts';
import { createMail, type Mail } from './mail/index.ts';
import { stopOnSignal } from './stopping.ts';

/** The stand-alone server: database -> mail -> app -> listen; stops in reverse, and so does a start that fails. */
export async function startServer(config: Config): Promise<void> {
  requirePrivatePages(config);
  const db = connect(config.database);
  let mail: Mail | null = null;
  // A pool that stays open would keep a process alive that serves nobody.
  const release = async () => {
    await mail?.close();
    await db.destroy();
  };
  try {
    mail = await createMail(config, { db });
    warnOfUnmailedLinks({ mail });
    const server = createServer(createApp(mail, db, config));
    await listen(server, config);
    stopOnSignal(async () => {
      const closed = promisify(server.close.bind(server))();
      server.closeIdleConnections();
      await closed;
      await release();
    });
    mail.log.info({ port: config.port }, 'server up');
    process.send?.('up');
  } catch (error) {
    await release();
    throw error;
  }
}

async function listen(server: Server, { port, production }: Config): Promise<void> {
  // Without somebody to decide who may look, the pages are for this machine only.
  server.listen(port, production ? undefined : '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    const remedy = remedies[(error as NodeJS.ErrnoException).code ?? ''];
    throw remedy ? new ConfigError([`${variableOf('port')} is ${port}, and ${remedy}`]) : error;
  }
}

const remedies: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another process listens there: stop that one, or set another port.',
  EACCES: 'this user may not listen there: set a port from 1024 on, with a proxy in front.',
};
