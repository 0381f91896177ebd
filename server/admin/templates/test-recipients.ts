import type { Page } from '../page.ts';
import { may } from '../permissions.ts';

/** The address of the person who asks, as their account has it or the host tells; null where nobody knows one. */
export async function ownAddress({ person, directory, by }: Page): Promise<string | null> {
  return person.email ?? (await directory.emailOf(by));
}

/**
 * Why this person may not send a test to an address, as a sentence; null when they may. A draft can say anything, in our
 * name: until somebody who publishes has seen it, it goes to people who know that it is a test.
 */
export async function recipientProblem(page: Page, to: string): Promise<string | null> {
  if (may(page.person, 'templates.test-anybody')) return null;
  const own = await ownAddress(page);
  const isOwn = own !== null && own.trim().toLowerCase() === to.trim().toLowerCase();
  if (isOwn || (await page.directory.canSignIn(to.trim()))) return null;
  return own === null
    ? 'your own address is not known here, and only a publisher can send to others.'
    : `you can send tests to your own address, ${own}, and to colleagues with an account here. A publisher can send them to others.`;
}
