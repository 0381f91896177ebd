/**
 * What a host's tests import, as `postlane/testing`: its mail captured by a local Postmark, ways to find and assert it, and the
 * local Postmark itself.
 */
export * from '../../test/sandbox/index.ts';
export {
  assertNothingSent,
  assertNotQueued,
  assertNotSent,
  assertQueued,
  assertSent,
} from './assertions.ts';
export {
  type Capture,
  type CapturedPostmark,
  type CaptureOptions,
  captureMail,
  type ResetOptions,
} from './capture/capture.ts';
export type { CapturedMailOptions } from './capture/ledger.ts';
export { type ChaiLike, type ChaiUtilsLike, postlaneChai } from './chai.ts';
export type { Span, TestClock } from './clock.ts';
export { type FakeMail, type FakeMailOptions, fakeMail } from './fake.ts';
export type { MailFinder, Outbox } from './outbox.ts';
export type { RoundOptions } from './round.ts';
export { linksOf, type QueuedMail, type SentAttachment, type SentMail } from './sent-mail.ts';
export type { MailFacts, Wanted, WantedFields } from './wanted.ts';
