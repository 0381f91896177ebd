import { Readable } from 'node:stream';
import nodemailer, { type NodemailerError, type SMTPPoolOptions } from 'nodemailer';
import pLimit from 'p-limit';
import type { Provider } from '../provider.ts';
import { type Envelope, notStarted, type Outcome, type Transport, timeWindow } from '../transport.ts';
import { composeMime } from './mime.ts';
import { smtpOutcomeOfError } from './outcomes.ts';

/** How to reach an SMTP server. */
export interface SmtpOptions {
  name: string;
  /** `smtp://user:pass@host:port`; `smtps:` for TLS from the first byte, else STARTTLS is required. */
  url: string;
  /** Connections held at once; a provider may allow few per address. */
  connections?: number;
  /**
   * The longest one message may take, in ms, however slowly its server keeps answering; then its connection is ended,
   * for a message must not arrive after somebody looked for it in vain. Default two minutes.
   */
  deadlineMs?: number;
  /** Certificates to trust beside the system's, PEM. */
  ca?: string;
  /** Headers that steer the provider, such as its stream. */
  controlHeaders?: (envelope: Envelope) => Record<string, string>;
}

const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 };

/** Hands over by SMTP on pooled connections. */
export function createSmtpTransport(options: SmtpOptions): Transport {
  const { name, connections = 8, deadlineMs = 120_000, controlHeaders = () => ({}) } = options;
  const pool = nodemailer.createTransport(poolSettings(options, connections));
  // The pool has a queue of its own, in which a message could outlive its lease; here nothing ever waits in it.
  const oneOfFew = pLimit(connections);

  // Ours goes to the socket as it is; and when nobody has begun to read it, nothing of it has left.
  pool.use('stream', ({ message, data: { raw } }, done) => {
    if (message && raw instanceof Readable) message.createReadStream = () => raw;
    done();
  });

  const sendOne = async (envelope: Envelope): Promise<Outcome> => {
    try {
      return await sendRaw(envelope, await composeMime(envelope, controlHeaders(envelope)));
    } catch (error) {
      // Its own fault, and the page's others have nothing to do with it.
      return { kind: 'rejected', code: 'cannot-compose', answer: (error as Error).message, inactive: [] };
    }
  };

  const sendRaw = async (envelope: Envelope, mime: string | Buffer): Promise<Outcome> => {
    const raw = Readable.from(mime);
    const signal = AbortSignal.timeout(deadlineMs);
    try {
      const info = await pool.sendMail({ envelope: smtpEnvelope(envelope), raw, signal });
      // The copies were taken and the recipient was not. The state is the recipient's, and no copy goes out again.
      const refused = info.rejectedErrors?.find(({ recipient }) => recipient === envelope.to.email);
      if (refused) return refusedAlone(refused);
      return { kind: 'accepted', code: 'smtp-250', answer: info.response, providerMessageId: null };
    } catch (error) {
      return smtpOutcomeOfError(error, raw.readableDidRead);
    }
  };

  return {
    name,
    // Enough to keep every connection busy while the next page is prepared.
    pageSize: connections * 16,
    send(envelopes, startWithinMs) {
      const isOver = timeWindow(startWithinMs);
      const sendInTime = (envelope: Envelope) => (isOver() ? notStarted : sendOne(envelope));
      return Promise.all(envelopes.map(envelope => oneOfFew(sendInTime, envelope)));
    },
    async close() {
      pool.close();
    },
    kind: 'SMTP',
    address: new URL(options.url).host,
    async check() {
      await pool.verify();
      return new URL(options.url).username
        ? 'Connected and signed in.'
        : 'Connected; it asks for no password.';
    },
  };
}

function poolSettings({ url, ca }: SmtpOptions, maxConnections: number): SMTPPoolOptions & { pool: true } {
  const { protocol, hostname, port, username, password } = new URL(url);
  const secure = protocol === 'smtps:';
  return {
    pool: true,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || (secure ? 465 : 587)),
    secure,
    requireTLS: !secure,
    ...(username && { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    ...(ca && { tls: { ca } }),
    maxConnections,
    maxMessages: 1000,
    // A lost connection may have delivered its message: repeating is ours to decide, never the pool's.
    maxRequeues: 0,
    ...timeouts,
  };
}

function refusedAlone({ responseCode, response, message }: NodemailerError): Outcome {
  return { kind: 'rejected', code: `smtp-${responseCode}`, answer: response ?? message, inactive: [] };
}

function smtpEnvelope({ from, to, cc, bcc }: Envelope): { from: string; to: string[] } {
  const everybody = [to, ...cc, ...bcc].map(({ email }) => email);
  return { from: from.email, to: [...new Set(everybody)] };
}

/** Any SMTP server: it takes mail, and tells nothing of what became of it. */
export function createSmtpProvider(name: string, url: string): Provider {
  return { key: name, name: new URL(url).hostname, transports: [createSmtpTransport({ name, url })] };
}
