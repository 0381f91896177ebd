import type { Provider } from '../state/provider.ts';
import { createCertificate } from './certificate.ts';
import { SmtpServer } from './server.ts';

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
  const server = new SmtpServer(provider, certificate);
  const { smtpPort, host } = provider.settings;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(smtpPort, host, () => resolve());
  });
  // A client that goes away in the middle of something is no fault of ours.
  server.on('error', () => undefined);
  const address = server.server.address();
  const port = typeof address === 'object' && address ? address.port : smtpPort;
  return { port, caCertificate: certificate.cert, close: () => server.stop() };
}
