import type { AssertionError } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../../test/sandbox/index.ts';
import type { MailOptions, PostmarkOptions } from '../../config/index.ts';
import type { Mail, MailDeps } from '../../mail/index.ts';
import { createTestClock, type TestClock } from '../clock.ts';
import { createFinder, failed, type Outbox } from '../outbox.ts';
import { type RoundOptions, runRound } from '../round.ts';
import type { SentMail } from '../sent-mail.ts';
import { describe, type Wanted } from '../wanted.ts';
import { type EventReceiver, receiveEvents } from './events.ts';
import { type CapturedMailOptions, createLedger } from './ledger.ts';
import { readQueued, readSent } from './read-mail.ts';

/** How a suite's mail is captured. */
export interface CaptureOptions {
  /** The host's configuration in its tests, with the test database; by default its `postlane.config.*` and the environment. */
  config?: MailOptions | undefined;
  /** Says that the database is one for tests, although a server token of the real Postmark is configured beside it. */
  testDatabase?: boolean | undefined;
  /** Takes in what the local Postmark reports: deliveries, bounces, complaints, opens, clicks. Default false. */
  events?: boolean | undefined;
  /** Of the local Postmark. */
  sandbox?: SandboxOptions | undefined;
}

/** What a reset takes away beside the mail. */
export interface ResetOptions {
  /** Published templates too; the next `mail()` publishes those of the files again. Default false. */
  templates?: boolean | undefined;
}

/** The local Postmark in the place of a configured one. */
export interface CapturedPostmark extends PostmarkOptions {
  token: string;
  apiUrl: string;
  smtpUrl: string;
  smtpCa: string;
}

/** What a host's test suite holds while its mail is captured. */
export interface Capture extends Outbox {
  /** For a host that opens the module itself: `createMail({ ...options, ...captured.options }, captured.deps)`. */
  readonly options: Readonly<{ postmark: CapturedPostmark }>;
  /** The clock, for the same. */
  readonly deps: Readonly<Pick<MailDeps, 'now' | 'machineClock'>>;
  /** The same as `options` for an environment: a child process, or `loadConfig({ ...process.env, ...captured.env })`. */
  readonly env: Readonly<Record<string, string>>;
  /** Bounces, complaints, clicks, faults, and all else that a local Postmark can do. */
  readonly sandbox: Sandbox;
  /** The time of module and provider. */
  readonly clock: TestClock;
  /** Opens the module on the test database; the first time with its migrations and the templates of its folder. */
  mail(options?: CapturedMailOptions): Promise<Mail>;
  /** What was sent so far, oldest first, after what is being handed over. */
  messages(wanted?: Wanted<SentMail>): Promise<SentMail[]>;
  /**
   * The first mail that fits, once it is there. Rejects after `timeoutMs` (default 5000) with a list of what was sent
   * instead.
   */
  waitFor(wanted: Wanted<SentMail>, options?: { timeoutMs?: number | undefined }): Promise<SentMail>;
  /** A round of the worker on call: what is due is done, retries, campaigns and alerts with it, without Agenda. */
  work(options?: RoundOptions): Promise<void>;
  /**
   * For the start of each test: no message, event, suppression, consent, campaign, job or account is left; the local
   * Postmark has forgotten its mail and faults; the clock says real time. The schema and published templates stay.
   */
  reset(options?: ResetOptions): Promise<void>;
  /** Closes the modules that it opened and frees connections and ports. */
  close(): Promise<void>;
}

const checkMs = 5;

/**
 * Starts a local Postmark for a test suite that wants to see what its host sends, and opens the module on it.
 *
 *     const captured = await captureMail();
 *     const mail = await captured.mail();
 *     beforeEach(() => captured.reset());
 *     after(() => captured.close());
 *
 *     await signUp(mail, 'ada@example.com');
 *     const { text } = await captured.sent.to('ada@example.com');
 *
 * Suites that run at the same time each need a database of their own, since a reset empties it.
 */
export async function captureMail(options: CaptureOptions = {}): Promise<Capture> {
  const sandbox = await createSandbox({ keepBodies: 100_000, deliveryMs: 0, ...options.sandbox });
  const postmark = postmarkOf(sandbox);
  const deps = { now: () => sandbox.clock.now(), machineClock: () => new Date() };
  const ledger = createLedger(options, { postmark }, deps);
  let receiver: EventReceiver | undefined;
  const listen = async () => {
    if (!options.events || receiver) return;
    receiver = await receiveEvents(async body => (await ledger.own()).receive('postmark', body));
    sandbox.setWebhook(receiver.url);
  };

  const settle = async () => {
    await ledger.settle();
    if (receiver) await sandbox.idle();
  };
  const read = async (wanted: Wanted<SentMail>) => {
    await settle();
    return readSent(sandbox, ledger, wanted);
  };
  const sent = createFinder<SentMail>('sent', read);
  return {
    options: { postmark },
    deps,
    env: {
      POSTMARK_SERVER_TOKEN: postmark.token,
      POSTMARK_API_URL: postmark.apiUrl,
      POSTMARK_SMTP_URL: postmark.smtpUrl,
      POSTMARK_SMTP_CA: postmark.smtpCa,
    },
    sandbox,
    clock: createTestClock(sandbox.clock),
    sent,
    queued: createFinder('queued', async () => {
      await settle();
      return readQueued(await ledger.own());
    }),
    async mail(more) {
      await listen();
      return ledger.open(more);
    },
    messages: sent.all,
    waitFor: (wanted, { timeoutMs = 5000 } = {}) => waitFor(sent.all, wanted, timeoutMs),
    async work(round) {
      await listen();
      await runRound(await ledger.own(), round);
      await settle();
    },
    async reset({ templates = false } = {}) {
      await settle();
      sandbox.reset();
      sandbox.clock.putBack();
      await ledger.empty({ templates });
    },
    async close() {
      await settle().catch(() => {});
      await receiver?.close();
      await ledger.close();
      await sandbox.close();
    },
  };
}

function postmarkOf({ token, apiUrl, smtpUrl, caCertificate }: Sandbox): CapturedPostmark {
  return { token, apiUrl, smtpUrl: smtpUrl.replace('//', `//${token}:${token}@`), smtpCa: caCertificate };
}

async function waitFor(
  messages: Capture['messages'],
  wanted: Wanted<SentMail>,
  timeoutMs: number,
): Promise<SentMail> {
  for (const end = Date.now() + timeoutMs; ; ) {
    const [found] = await messages(wanted);
    if (found) return found;
    if (Date.now() >= end) throw tooLate(wanted, timeoutMs, await messages());
    await sleep(checkMs);
  }
}

function tooLate(wanted: Wanted<SentMail>, timeoutMs: number, sent: readonly SentMail[]): AssertionError {
  return failed(`No mail ${describe(wanted)} was sent within ${timeoutMs} ms.`, 'sent', sent);
}
