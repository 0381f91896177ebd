import type { MailContext } from '../context.ts';
import type { Send } from '../sending/accept.ts';
import { audited } from '../shared/audit-store.ts';
import { changeOnce } from '../shared/change.ts';
import { joinTransaction } from '../shared/transaction.ts';
import type { Suppressions } from './api.ts';
import { consentsWith } from './consent.ts';
import type { Consents } from './consent-api.ts';
import { consentRecordsIn } from './consent-store.ts';
import { askToLift, liftIn } from './lift.ts';

/** See {@link Consents}; kept in the database. */
export function createConsent(
  context: MailContext,
  { send, suppressions }: { send: Send; suppressions: Suppressions },
): Consents {
  const { db, now } = context;
  const records = consentRecordsIn(db, now);
  return consentsWith(context, {
    suppressions,
    async lifting(target, note, options) {
      const asked = await askToLift(context, target, note, options);
      return async ({ trx = noTransaction() }) =>
        void (await liftIn(context, await joinTransaction(db, trx), asked));
    },
    records: async ({ trx } = {}) => (trx ? consentRecordsIn(await joinTransaction(db, trx), now) : records),
    once: (change, work) =>
      changeOnce(
        context,
        change,
        trx =>
          work({
            records: consentRecordsIn(trx, now),
            audit: async entry => void (await audited(trx, change.options, entry)),
            send,
            // What is sent leaves after the caller's commit, or after ours.
            trx: change.options.trx ?? trx,
          }),
        async (_, kept) => kept,
      ),
  });
}

function noTransaction(): never {
  throw new Error('What is kept in the database is changed in a transaction.');
}
