import type { MailContext } from '../context.ts';
import { readMailbox } from '../shared/address.ts';
import type { Consents } from './api.ts';
import { listConsents, recordConsent } from './consent-store.ts';

/** See {@link Consents}. */
export function createConsent({ db, now }: MailContext): Consents {
  return {
    record: statement =>
      recordConsent(db, {
        topic: statement.topic,
        address: readMailbox(statement.address, 'address').email,
        granted: statement.granted,
        evidence: statement.evidence ?? null,
        changedAt: statement.at ?? now(),
      }),
    list: address => listConsents(db, address),
  };
}
