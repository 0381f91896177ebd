import { failed, type MailFinder, type Outbox } from './outbox.ts';
import type { QueuedMail, SentMail } from './sent-mail.ts';
import { describe, type MailFacts, type Wanted } from './wanted.ts';

/** Throws an AssertionError unless such mail was sent: once or more, or `count` times. Returns it. */
export function assertSent(
  outbox: Outbox,
  wanted: Wanted<SentMail> = {},
  count?: number,
): Promise<SentMail[]> {
  return assertThere('sent', outbox.sent, wanted, count);
}

/** Throws an AssertionError when such mail was sent. */
export function assertNotSent(outbox: Outbox, wanted: Wanted<SentMail>): Promise<void> {
  return assertNone('sent', outbox.sent, wanted);
}

/** Throws an AssertionError when anything was sent, and one when anything waits to be. */
export async function assertNothingSent(outbox: Outbox): Promise<void> {
  await assertNone('sent', outbox.sent, {});
  await assertNone('queued', outbox.queued, {});
}

/** Throws an AssertionError unless such mail waits: once or more, or `count` times. Returns it. */
export function assertQueued(
  outbox: Outbox,
  wanted: Wanted<QueuedMail> = {},
  count?: number,
): Promise<QueuedMail[]> {
  return assertThere('queued', outbox.queued, wanted, count);
}

/** Throws an AssertionError when such mail waits. */
export function assertNotQueued(outbox: Outbox, wanted: Wanted<QueuedMail> = {}): Promise<void> {
  return assertNone('queued', outbox.queued, wanted);
}

async function assertThere<T extends MailFacts>(
  what: 'sent' | 'queued',
  finder: MailFinder<T>,
  wanted: Wanted<T>,
  count: number | undefined,
): Promise<T[]> {
  const found = await finder.all(wanted);
  if (count === undefined ? found.length > 0 : found.length === count) return found;
  const expected = count === undefined ? 'Mail' : `${count} mail${count === 1 ? '' : 's'}`;
  const actual = count === undefined ? '' : ` and ${found.length} ${found.length === 1 ? 'is' : 'are'}`;
  throw failed(`${expected} ${describe(wanted)} should be ${what}${actual}.`, what, await finder.all());
}

async function assertNone<T extends MailFacts>(
  what: 'sent' | 'queued',
  finder: MailFinder<T>,
  wanted: Wanted<T>,
): Promise<void> {
  const found = await finder.all(wanted);
  if (found.length > 0) throw failed(`No mail ${describe(wanted)} should be ${what}.`, what, found);
}
