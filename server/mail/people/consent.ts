import type { MailContext } from '../context.ts';
import { readMailbox } from '../shared/address.ts';
import { listConsents, recordConsent } from './consent-store.ts';

/** What people said about topics. */
export function createConsent({ db, now }: MailContext) {
  return {
    /** Records a statement with its evidence, such as where and how it was made. */
    record: (statement: { topic: string; address: string; granted: boolean; evidence?: string; at?: Date }) =>
      recordConsent(db, {
        topic: statement.topic,
        address: readMailbox(statement.address, 'address').email,
        granted: statement.granted,
        evidence: statement.evidence ?? null,
        changedAt: statement.at ?? now(),
      }),
    /** All statements of an address. */
    list: (address: string) => listConsents(db, address),
  };
}
