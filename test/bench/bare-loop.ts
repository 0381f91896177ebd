import nodemailer from 'nodemailer';
import { v7 as newId } from 'uuid';
import { attemptKey } from '../../server/mail/providers/transport.ts';
import { sender } from './bench.ts';
import type { PlainTemplate } from './plain-template.ts';
import type { Sink } from './sink.ts';

/** Somebody who gets the newsletter. */
export interface Reader {
  email: string;
  name: string;
  data: Record<string, unknown>;
}

/** The pair of a campaign: a loop around nodemailer's pool, without a record of anything. */
export interface BareLoop {
  /** Sends to everybody; rejects as soon as one mail is not accepted, or `signal` says stop. */
  send(readers: readonly Reader[], signal: AbortSignal): Promise<void>;
  close(): void;
}

/** As many connections as our SMTP transport holds, each for as many messages. */
const connections = 8;

/** Opens the pool; `shared` is the data that is the same for all readers. */
export function createBareLoop(
  { smtpUrl, caCertificate }: Sink,
  template: PlainTemplate,
  shared: Record<string, unknown>,
): BareLoop {
  const { hostname, port, username, password } = new URL(smtpUrl);
  const pool = nodemailer.createTransport({
    pool: true,
    host: hostname,
    port: Number(port),
    requireTLS: true,
    auth: { user: username, pass: password },
    tls: { ca: caCertificate },
    maxConnections: connections,
    maxMessages: 1000,
  });
  const sendOne = ({ email, name, data }: Reader) =>
    pool.sendMail({
      from: sender,
      to: { name, address: email },
      ...template.render({ ...shared, ...data }),
      headers: {
        'X-PM-Message-Stream': 'broadcast',
        'X-PM-Tag': 'newsletter',
        [`X-PM-Metadata-${attemptKey}`]: newId(),
      },
    });
  return {
    async send(readers, signal) {
      const waiting = readers.values();
      // Twice the pool, so that no connection ever waits for its next message.
      const lanes = Array.from({ length: connections * 2 }, async () => {
        for (const reader of waiting) {
          signal.throwIfAborted();
          await sendOne(reader);
        }
      });
      await Promise.all(lanes);
    },
    close: () => pool.close(),
  };
}
