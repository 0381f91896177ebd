import type { MailContext } from '../context.ts';
import type { ConfirmationState } from './consent-api.ts';
import type { Confirmation, ConsentRecords } from './consent-records.ts';
import { readSignedToken } from './signed-links.ts';
import { topicInWords } from './topics.ts';

/** What a token leads to, and its state. */
export async function findConfirmation(
  context: MailContext,
  records: ConsentRecords,
  token: string,
): Promise<{ found: Confirmation | null; state: ConfirmationState }> {
  const linkId = readSignedToken(context.links, 'confirm', token);
  const found = linkId === null ? null : await records.byLink(linkId);
  if (!found) return { found: null, state: { state: 'unknown' } };
  const { address, locale, topic: key } = found;
  const { open: _, ...topic } = await topicInWords(context, key, locale);
  return { found, state: { state: stateOf(context, found), topic, locale, address } };
}

function stateOf(
  { now }: MailContext,
  { confirmedAt, expiresAt }: Confirmation,
): 'open' | 'confirmed' | 'expired' {
  if (confirmedAt) return 'confirmed';
  return expiresAt <= now() ? 'expired' : 'open';
}
