import { SMTPServer } from 'smtp-server';
import { createCertificate } from '../certificate.ts';
import type { Provider } from '../provider.ts';
import { receiveData } from './data.ts';
import { logIn } from './login.ts';
import { step } from './strike.ts';

/** The SMTP side while it runs. */
export interface SmtpListener {
  port: number;
  /** What clients may trust, PEM. */
  caCertificate: string;
  /** Ends every connection and frees the port. */
  close(): Promise<void>;
}

const LARGEST_MESSAGE = 20_480_000;

/** Starts SMTP with STARTTLS and AUTH on 127.0.0.1. */
export async function listenSmtp(provider: Provider): Promise<SmtpListener> {
  const { key, cert } = createCertificate();
  const server = createServer(provider, key, cert);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(provider.settings.smtpPort, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  // From here on only clients fail, by going away in the middle of something.
  server.on('error', () => undefined);
  const address = server.server.address();
  const port = typeof address === 'object' && address ? address.port : provider.settings.smtpPort;
  return { port, caCertificate: cert, close: () => closeServer(server) };
}

function createServer(provider: Provider, key: string, cert: string): SMTPServer {
  const server: SMTPServer = new SMTPServer({
    key,
    cert,
    minVersion: 'TLSv1.2',
    name: 'localhost',
    banner: 'Postlane local sandbox',
    size: LARGEST_MESSAGE,
    authMethods: ['PLAIN', 'LOGIN', 'CRAM-MD5'],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    socketTimeout: 600_000,
    closeTimeout: 1,
    logger: false,
    onConnect: (session, done) => step(provider, server, session, 'smtp:connect', '', done),
    onMailFrom: ({ address }, session, done) => step(provider, server, session, 'smtp:mail', address, done),
    onRcptTo: ({ address }, session, done) => step(provider, server, session, 'smtp:rcpt', address, done),
    onAuth: (auth, session, done) =>
      step(provider, server, session, 'smtp:auth', '', error => {
        if (error) done(error);
        else logIn(provider, auth, done);
      }),
    onData: (stream, session, done) => receiveData(provider, server, stream, session, done),
  });
  return server;
}

function closeServer(server: SMTPServer): Promise<void> {
  return new Promise(resolve => {
    server.close(() => resolve());
    for (const connection of server.connections) connection._socket.destroy();
  });
}
