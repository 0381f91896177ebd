import type { MailContext } from './context.ts';
import { MailError } from './error.ts';
import { readMailbox } from './rules/address.ts';
import { listConsents, recordConsent } from './store/consents.ts';
import { changeSuppression, listSuppressions } from './store/suppressions.ts';

/** Who must not be mailed on a stream, and why. */
export function createSuppressions({ db, now }: MailContext) {
  const change = (stream: string, address: string, active: boolean, note: string) =>
    changeSuppression(db, {
      stream,
      address: readMailbox(address, 'address').email,
      active,
      reason: 'ManualSuppression',
      origin: 'Operator',
      note,
      changedAt: now(),
    });

  return {
    /** Active suppressions of a stream, of an address, or all. */
    list: (filter: { stream?: string; address?: string; limit?: number } = {}) =>
      listSuppressions(db, filter),
    /** An operator's own suppression. */
    add: (stream: string, address: string, note: string) => change(stream, address, true, note),
    /** Lifts an operator's suppression. Those of the provider are lifted there, and the night brings it here. */
    async lift(stream: string, address: string, note: string) {
      const [found] = await listSuppressions(db, { stream, address });
      if (!found)
        throw new MailError('wrong-state', 'This address is not suppressed on this stream.', 'address');
      if (found.origin !== 'Operator') {
        throw new MailError(
          'wrong-state',
          `The provider suppresses it (${found.reason}): lift it there.`,
          'address',
        );
      }
      await change(stream, address, false, note);
    },
  };
}

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
    /** Everything an address said. */
    list: (address: string) => listConsents(db, address),
  };
}
