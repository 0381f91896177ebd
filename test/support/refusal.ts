import { MailError } from '../../server/mail/index.ts';

/** The MailError that `work` throws; anything else, an acceptance included, fails the test. */
export function refusalOf(work: () => unknown): MailError {
  try {
    work();
  } catch (error) {
    if (error instanceof MailError) return error;
    throw error;
  }
  throw new Error('It was accepted.');
}
