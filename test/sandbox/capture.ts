import { setTimeout as sleep } from 'node:timers/promises';
import { createSandbox, type Sandbox } from './sandbox.ts';
import type { SandboxOptions } from './settings.ts';
import type { CapturedMessage } from './store/messages.ts';

/** One mail that a host sent, as its recipient finds it. */
export interface SentMail {
  /** Postmark's MessageID. */
  id: string;
  /** The sender as header text. */
  from: string;
  /** Bare addresses, of Cc and Bcc too. */
  recipients: readonly string[];
  subject: string;
  html: string;
  text: string;
  headers: { Name: string; Value: string }[];
  attachments: { name: string; contentType: string; contentId: string; content: Buffer }[];
  stream: string;
  tag: string;
  metadata: Record<string, string>;
  /** `rest` for transactional mail, `smtp` for bulk. */
  via: 'rest' | 'smtp';
  sentAt: Date;
}

/** Which mail is meant: everything named must fit. A text fits a subject or body that contains it. */
export type Wanted =
  | ((mail: SentMail) => boolean)
  | { to?: string; subject?: string | RegExp; tag?: string; stream?: string };

/** What a host's test suite holds while its mail is captured. */
export interface Capture {
  /** For createMail: `createMail({ ...config, postmark: captured.postmark })`. */
  readonly postmark: { token: string; apiUrl: string; smtpUrl: string; smtpCa: string };
  /** The same for an environment: `loadConfig({ ...process.env, ...captured.env })`, or a child process. */
  readonly env: Readonly<Record<string, string>>;
  /** Bounces, complaints, clicks, faults, the clock, and all else that a local Postmark can do. */
  readonly sandbox: Sandbox;
  /** What was sent so far, oldest first. */
  messages(wanted?: Wanted): Promise<SentMail[]>;
  /**
   * The first mail that fits, once it is there. Rejects after `timeoutMs` (default 5000) with a list of what was sent
   * instead.
   */
  waitFor(wanted: Wanted, options?: { timeoutMs?: number }): Promise<SentMail>;
  /** Forgets what was sent, with its bounces, suppressions and faults; for the start of each test. */
  clear(): void;
  /** Frees its ports. */
  close(): Promise<void>;
}

const CHECK_MS = 5;

/**
 * Starts a local Postmark for a test suite that wants to see what its host sends.
 *
 *     const captured = await captureMail();
 *     const mail = await createMail({ ...config, postmark: captured.postmark });
 *     await signUp('ada@example.com');
 *     const { text } = await captured.waitFor({ to: 'ada@example.com', subject: /verify/i });
 */
export async function captureMail(options: SandboxOptions = {}): Promise<Capture> {
  const sandbox = await createSandbox({ keepBodies: 100_000, deliveryMs: 0, ...options });
  const postmark = {
    token: sandbox.token,
    apiUrl: sandbox.apiUrl,
    smtpUrl: sandbox.smtpUrl.replace('//', `//${sandbox.token}:${sandbox.token}@`),
    smtpCa: sandbox.caCertificate,
  };
  const messages: Capture['messages'] = async (wanted = () => true) => {
    const all = await Promise.all(sandbox.messages.all().map(message => show(sandbox, message)));
    return all.filter(mail => fits(mail, wanted));
  };
  return {
    postmark,
    env: {
      POSTMARK_SERVER_TOKEN: postmark.token,
      POSTMARK_API_URL: postmark.apiUrl,
      POSTMARK_SMTP_URL: postmark.smtpUrl,
      POSTMARK_SMTP_CA: postmark.smtpCa,
    },
    sandbox,
    messages,
    waitFor: (wanted, { timeoutMs = 5000 } = {}) => waitFor(messages, wanted, timeoutMs),
    clear: () => sandbox.reset(),
    close: () => sandbox.close(),
  };
}

async function waitFor(messages: Capture['messages'], wanted: Wanted, timeoutMs: number): Promise<SentMail> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const [found] = await messages(wanted);
    if (found) return found;
    if (Date.now() >= end) throw new Error(await explain(messages, timeoutMs));
    await sleep(CHECK_MS);
  }
}

async function explain(messages: Capture['messages'], timeoutMs: number): Promise<string> {
  const sent = await messages();
  const lines = sent.map(({ subject, recipients }) => `  "${subject}" to ${recipients.join(', ')}`);
  const what = lines.length === 0 ? 'No mail was sent.' : `Sent instead:\n${lines.join('\n')}`;
  return `No such mail within ${timeoutMs} ms. ${what}`;
}

function fits(mail: SentMail, wanted: Wanted): boolean {
  if (typeof wanted === 'function') return wanted(mail);
  const { to, subject, tag, stream } = wanted;
  const byAddress = to === undefined || mail.recipients.some(one => one.toLowerCase() === to.toLowerCase());
  const bySubject =
    typeof subject === 'string' ? mail.subject.includes(subject) : subject?.test(mail.subject);
  const byStream = stream === undefined || mail.stream === stream;
  return byAddress && byStream && (bySubject ?? true) && (tag === undefined || mail.tag === tag);
}

async function show(sandbox: Sandbox, message: CapturedMessage): Promise<SentMail> {
  const content = await sandbox.content(message.id);
  return {
    id: message.id,
    from: message.from,
    recipients: message.recipients,
    subject: message.subject,
    html: content?.html ?? '',
    text: content?.text ?? '',
    headers: content?.headers ?? [],
    attachments: content?.attachments ?? [],
    stream: message.stream,
    tag: message.tag,
    metadata: message.metadata,
    via: message.via,
    sentAt: new Date(message.receivedAt),
  };
}
