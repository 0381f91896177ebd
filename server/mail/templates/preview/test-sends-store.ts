import type { Trx } from '../../../../db/connect.ts';

/** Lets nobody else count the tests of this person until the transaction ends. */
export async function lockTestSender(trx: Trx, person: string): Promise<void> {
  await trx.raw(
    'INSERT INTO postlane_test_senders (person) VALUES (?) ON DUPLICATE KEY UPDATE person = person',
    [person],
  );
}
