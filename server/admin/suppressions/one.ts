import type { Mail } from '../../mail/index.ts';
import { notFound } from '../page-error.ts';

/** The suppression that an address names by stream and address, with its evidence. Throws a page of status 404. */
export async function findOne(mail: Mail, { stream, address }: Record<string, unknown>) {
  const found =
    typeof stream === 'string' && typeof address === 'string' && address.length <= 254
      ? await mail.suppressions.evidence(stream, address)
      : null;
  if (!found) throw notFound('This address was never suppressed on this stream.');
  return found;
}
