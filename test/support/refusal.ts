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

/** The same of work that takes its time. */
export async function refusal(work: Promise<unknown>): Promise<MailError> {
  const outcome = await work.then(
    () => new Error('It was accepted.'),
    (error: unknown) => error,
  );
  if (outcome instanceof MailError) return outcome;
  throw outcome;
}
