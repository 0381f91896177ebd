import type { Provider } from '../provider.ts';
import { createSmtpTransport } from './transport.ts';

/** Any SMTP server: it takes mail, and tells nothing of what became of it. */
export function createSmtpProvider(name: string, url: string): Provider {
  return { key: name, name: new URL(url).hostname, transports: [createSmtpTransport({ name, url })] };
}
