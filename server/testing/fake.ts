import { type Config, loadConfig, type MailOptions } from '../config/index.ts';
import { readVariables } from '../config/variables.ts';
import { createInMemoryMail, type Entry, formatMailbox, type HandedOver } from '../mail/fake/index.ts';
import type { Mail } from '../mail/index.ts';
import { createOwnClock, type TestClock } from './clock.ts';
import { createFinder, type Outbox } from './outbox.ts';
import { type RoundOptions, runRound } from './round.ts';
import { type QueuedMail, type SentMail, sentMail } from './sent-mail.ts';

/** Of the host's configuration, what matters without a database and a provider's server. */
export type FakeMailOptions = Omit<MailOptions, 'database' | 'postmark' | 'migrate'>;

/** The module for unit tests; what it cannot do without a database throws an error that names `captureMail`. */
export interface FakeMail extends Mail, Outbox {
  /** What the worker does, and called itself a round of all of it: `await mail.work()`. */
  work: Mail['work'] & ((options?: RoundOptions) => Promise<void>);
  readonly clock: TestClock;
  /** For the start of each test: forgets everything but the templates, and the clock says real time. */
  reset(): Promise<void>;
}

/**
 * The module without MySQL and without a network, to be handed to the code under test in the place of what `createMail` returns.
 * Input is checked by the same rules, templates are read and rendered from the host's files, suppressions, consent, idempotency
 * keys and `{ trx }` are heeded; what would have been sent is kept for the finders and assertions.
 *
 *     const mail = fakeMail({ templates: 'mail/templates', policy });
 *     await signUp(mail, 'ada@example.com');
 *     await assertSent(mail, { to: 'ada@example.com', template: 'welcome' });
 */
export function fakeMail(options: FakeMailOptions = {}): FakeMail {
  const clock = createOwnClock();
  const { mail, handedOver, waiting, reset } = createInMemoryMail(configOf(options), clock);
  const outbox: Outbox = {
    sent: createFinder('sent', async () => (await handedOver()).map(sentOf)),
    queued: createFinder('queued', async () => {
      const open = [...(await waiting()).values()].filter(isWaiting);
      return Promise.all(open.map(entry => queuedOf(mail, entry)));
    }),
  };
  const work = new Proxy((round?: RoundOptions) => runRound(mail, round), {
    get: (_, name) => mail.work[name as keyof Mail['work']],
  }) as FakeMail['work'];
  const own = {
    ...outbox,
    work,
    clock,
    async reset() {
      await reset();
      clock.reset();
    },
  };
  return new Proxy(mail, {
    get: (_, name) => (name in own ? own[name as keyof typeof own] : mail[name as keyof Mail]),
  }) as FakeMail;
}

/** The host's configuration with an address and a server that nobody asks anything. */
function configOf(options: FakeMailOptions): Config {
  const saysSender = readVariables(process.env).some(({ option }) => option === 'from');
  return loadConfig(process.env, {
    ...(!saysSender && { from: 'Test <test@example.com>' }),
    logLevel: 'silent',
    ...options,
    database: 'mysql://nobody@127.0.0.1:9/nothing',
    postmark: { token: 'no-server', apiUrl: 'http://127.0.0.1:9', smtpUrl: 'smtp://127.0.0.1:9' },
    production: false,
  });
}

function isWaiting({ view }: Entry): boolean {
  return view.state === 'queued' || view.state === 'held';
}

function oursOf({ view }: Entry) {
  const { id: messageId, template, category, campaignId, stream } = view;
  return { messageId, template, category, campaignId, stream, tag: view.tag ?? '', metadata: view.metadata };
}

function sentOf({ entry, envelope, at }: HandedOver): SentMail {
  const { from, to, cc, bcc, replyTo, subject, html, text } = envelope;
  return sentMail({
    id: envelope.attemptId,
    ...oursOf(entry),
    from: formatMailbox(from),
    recipients: [to, ...cc, ...bcc].map(one => one.email),
    ...{ subject, html, text },
    headers: [
      ...Object.entries(envelope.headers).map(([Name, Value]) => ({ Name, Value })),
      ...replyTo.map(one => ({ Name: 'Reply-To', Value: one.email })),
    ],
    attachments: envelope.attachments.map(file => ({ ...file, contentId: file.contentId ?? '' })),
    via: entry.lane === 'bulk' ? 'smtp' : 'rest',
    sentAt: at,
  });
}

/** Of confidential mail without what it says, as in the ledger. */
async function queuedOf(mail: Mail, entry: Entry): Promise<QueuedMail> {
  const { view, stored } = entry;
  const rendered = view.confidential ? null : await mail.messages.preview(view.id);
  const { to, cc, bcc } = stored.content;
  return {
    ...oursOf(entry),
    messageId: view.id,
    state: view.state === 'held' ? 'held' : 'queued',
    dueAt: view.dueAt,
    recipients: [...new Set([...to, ...cc, ...bcc].map(({ email }) => email.toLowerCase()))],
    subject: rendered?.subject ?? '',
    html: rendered?.html ?? '',
    text: rendered?.text ?? '',
  };
}
