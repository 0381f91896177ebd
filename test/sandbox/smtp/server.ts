import { createServer, type Server } from 'node:net';
import { createCertificate } from '../certificate.ts';
import type { Provider } from '../provider.ts';
import { Session } from './session.ts';
import { secureContext } from './start-tls.ts';
import { step } from './strike.ts';

/** The SMTP side while it runs. */
export interface SmtpListener {
  port: number;
  /** What clients may trust, PEM. */
  caCertificate: string;
  /** Ends every connection and frees the port. */
  close(): Promise<void>;
}

/** Starts SMTP with STARTTLS and AUTH. Rejects when the port is taken. */
export async function listenSmtp(provider: Provider): Promise<SmtpListener> {
  const certificate = createCertificate();
  const context = secureContext(certificate);
  const sessions = new Set<Session>();
  const server = createServer(socket => {
    const session = new Session(provider, socket, context);
    sessions.add(session);
    socket.once('close', () => sessions.delete(session));
    greet(session);
  });
  const { smtpPort, host } = provider.settings;
  await listen(server, smtpPort, host);
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : smtpPort;
  return { port, caCertificate: certificate.cert, close: () => close(server, sessions) };
}

function greet(session: Session): void {
  const banner = (): undefined => {
    session.reply('220 localhost ESMTP Postlane local sandbox');
  };
  session.begin(step(session, 'smtp:connect', () => '', banner));
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}

function close(server: Server, sessions: ReadonlySet<Session>): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve());
    for (const session of sessions) session.hangUp();
  });
}
