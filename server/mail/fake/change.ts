import type { CallerTransaction } from '../../../db/host/transaction.ts';
import { isKnexTransaction } from '../../../db/host/transaction.ts';
import { MailError } from '../error.ts';
import type { ChangeOptions } from '../shared/change.ts';
import { contentHash } from '../shared/fingerprint.ts';
import { afterCommit } from '../shared/transaction.ts';
import type { FakeLedger } from './ledger.ts';

/** Something to be done once under a key, as in the module. */
interface Once {
  scope: string;
  request: unknown;
  options: ChangeOptions;
}

/** Makes a change, once under its key; `work` comes to what is kept of it, from which `read` makes the answer. */
export function changeOnce<Kept, Answer>(
  ledger: FakeLedger,
  { scope, request, options: { idempotencyKey: key } }: Once,
  work: () => Kept,
  read: (kept: Kept) => Answer,
): Answer {
  if (key === undefined) return read(work());
  const name = `${scope}\n${key}`;
  const asked = contentHash(request ?? null);
  const earlier = ledger.answers.get(name);
  if (!earlier) {
    const kept = work();
    ledger.answers.set(name, { request: asked, kept });
    return read(kept);
  }
  if (earlier.request === asked) return read(earlier.kept as Kept);
  throw new MailError(
    'idempotency-conflict',
    'This idempotency key was used for another request.',
    'idempotencyKey',
  );
}

/** Throws a MailError that names `trx` for what is no transaction, or one that has ended. */
export function checkTransaction(trx: CallerTransaction): void {
  if (!isKnexTransaction(trx)) {
    if (typeof trx.query === 'function' && typeof trx.afterCommit === 'function') return;
    const text = 'trx is neither a transaction of knex nor an adapter { query, afterCommit }.';
    throw new MailError('invalid-input', text, 'trx');
  }
  if (trx.isCompleted()) throw new MailError('invalid-input', 'The transaction has ended already.', 'trx');
}

type Nested = CallerTransaction & { executionPromise?: Promise<unknown>; parentTransaction?: Nested };

/** Does it after the commit; not at all once the transaction, or the savepoint that it came from, was rolled back. */
export function afterTransaction(
  { inHand }: FakeLedger,
  trx: CallerTransaction,
  work: () => Promise<void>,
): void {
  let rolledBack = false;
  for (let part: Nested | undefined = trx as Nested; part; part = part.parentTransaction)
    part.executionPromise?.catch(() => {
      rolledBack = true;
    });
  afterCommit(trx, async () => {
    if (rolledBack) return;
    const doing = work();
    inHand.add(doing);
    await doing.finally(() => inHand.delete(doing));
  });
}

/** Makes a change now, or once the caller's transaction has committed. */
export function changeInMemory(ledger: FakeLedger, once: Once, work: () => void): void {
  const { trx } = once.options;
  const make = () => void changeOnce(ledger, once, work, () => undefined);
  if (!trx) {
    make();
    return;
  }
  checkTransaction(trx);
  afterTransaction(ledger, trx, async () => make());
}
