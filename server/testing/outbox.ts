import { AssertionError } from 'node:assert';
import type { QueuedMail, SentMail } from './sent-mail.ts';
import { describe, fits, list, type MailFacts, type Wanted } from './wanted.ts';

/** Finds mail of one kind; each of its answers is oldest first. */
export interface MailFinder<T extends MailFacts> {
  /** All that fit, or all there are. */
  all(wanted?: Wanted<T>): Promise<T[]>;
  count(wanted?: Wanted<T>): Promise<number>;
  /** The newest to an address. Throws an AssertionError that lists what there is instead. */
  to(address: string | RegExp): Promise<T>;
  /** The oldest that fits. Throws as `to` does. */
  first(wanted?: Wanted<T>): Promise<T>;
  /** The newest that fits. Throws as `to` does. */
  last(wanted?: Wanted<T>): Promise<T>;
}

/** Mail to look at: that of `captureMail` or of `fakeMail`. The assertions take either. */
export interface Outbox {
  /** What was handed over. */
  readonly sent: MailFinder<SentMail>;
  /** What was accepted and waits. */
  readonly queued: MailFinder<QueuedMail>;
}

/** A finder of what `read` reads, oldest first. */
export function createFinder<T extends MailFacts>(
  what: 'sent' | 'queued',
  read: (wanted: Wanted<T>) => Promise<T[]>,
): MailFinder<T> {
  const all = async (wanted: Wanted<T> = {}) => (await read(wanted)).filter(mail => fits(mail, wanted));
  const pick = async (wanted: Wanted<T>, index: 0 | -1): Promise<T> => {
    const mail = (await all(wanted)).at(index);
    if (mail) return mail;
    throw failed(`No mail ${describe(wanted)} is ${what}.`, what, await read({}));
  };
  return {
    all,
    count: async wanted => (await all(wanted)).length,
    to: address => pick({ to: address }, -1),
    first: (wanted = {}) => pick(wanted, 0),
    last: (wanted = {}) => pick(wanted, -1),
  };
}

/** An AssertionError that lists what there is. */
export function failed(text: string, what: 'sent' | 'queued', there: readonly MailFacts[]): AssertionError {
  const rest = there.length === 0 ? `Nothing is ${what}.` : `What is ${what}:\n${list(there)}`;
  return new AssertionError({ message: `${text} ${rest}`, operator: what });
}
