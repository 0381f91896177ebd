import type { Db, Trx } from '../../../db/connect.ts';
import type { CallerTransaction } from '../../../db/host/transaction.ts';
import { MailError } from '../error.ts';
import type { Actor } from './audit-store.ts';
import { contentHash } from './fingerprint.ts';
import { claimKey, keepAnswer } from './idempotency-store.ts';
import { inTransaction, joinTransaction } from './transaction.ts';

/** Options of a change. */
export interface ChangeOptions extends Actor {
  /** The caller's transaction: the change is made when, and only when, it commits. */
  trx?: CallerTransaction | undefined;
  /**
   * The change is made once under a key: the first answer again for the same request, `idempotency-conflict` for another
   * one. Kept as long as the contents of messages.
   */
  idempotencyKey?: string | undefined;
}

/** Something to be done once under a key: `scope` keeps the keys of different changes apart. */
interface Once {
  scope: string;
  request: unknown;
  options: ChangeOptions;
}

/**
 * Makes a change in the caller's transaction or in one of its own, once under its key. `work` comes to what JSON can hold,
 * from which `read` makes the answer, then and whenever the change is asked for again.
 */
export async function changeOnce<Kept, Answer>(
  { db, now }: { db: Db; now: () => Date },
  { scope, request, options }: Once,
  work: (trx: Trx) => Promise<Kept>,
  read: (trx: Trx, kept: Kept) => Promise<Answer>,
): Promise<Answer> {
  return within(db, options.trx, async trx => {
    const { idempotencyKey: key } = options;
    if (key === undefined) return read(trx, await work(trx));
    const claim = { scope, key, request: contentHash(request ?? null) };
    const earlier = await claimKey(trx, claim, now());
    if (!earlier) {
      const kept = await work(trx);
      await keepAnswer(trx, claim, kept);
      return read(trx, kept);
    }
    if (earlier.request === claim.request) return read(trx, earlier.answer as Kept);
    throw new MailError(
      'idempotency-conflict',
      'This idempotency key was used for another request.',
      'idempotencyKey',
    );
  });
}

/** Runs `work` in the caller's transaction, undone alone when it fails, or in one of its own. */
export async function within<T>(
  db: Db,
  caller: CallerTransaction | undefined,
  work: (trx: Trx) => Promise<T>,
): Promise<T> {
  if (caller === undefined) return inTransaction(db, work);
  // Never repeated here: what a deadlock undid is the caller's whole transaction.
  return (await joinTransaction(db, caller)).transaction(work);
}
