import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { readEvent } from '../events/events-store.ts';
import { addressKey, readMailbox } from '../shared/address.ts';
import { type Actor, audited } from '../shared/audit-store.ts';
import { inTransaction } from '../shared/transaction.ts';
import type { Suppressions } from './api.ts';
import {
  changeSuppression,
  listSuppressions,
  pageSuppressions,
  readSuppression,
  type Suppression,
} from './suppressions-store.ts';

/** See {@link Suppressions}. */
export function createSuppressions({ db, now, log, providers }: MailContext): Suppressions {
  /**
   * Stores an operator's decision and audits it with what it replaces. False when an active
   * suppression of the provider's or the recipient's is there, which must not turn into an operator's own.
   */
  const decide = (
    stream: string,
    address: string,
    active: boolean,
    note: string,
    actor: Actor,
  ): Promise<boolean> =>
    inTransaction(db, async trx => {
      const before = await readSuppression(trx, stream, address);
      if (active && before?.active && before.origin !== 'Operator') return false;
      const change = { stream, address, active, reason: 'ManualSuppression', origin: 'Operator', note };
      await changeSuppression(trx, { ...change, changedAt: now() });
      await audited(trx, actor, {
        action: active ? 'suppression.add' : 'suppression.lift',
        subject: `suppression:${stream}:${address}`,
        before: before && { active: before.active, reason: before.reason, origin: before.origin },
        after: { active, note },
        at: now(),
      });
      return true;
    });

  async function add(stream: string, address: string, note: string, actor: Actor = {}): Promise<boolean> {
    return decide(stream, addressKey(readMailbox(address, 'address').email), true, note, actor);
  }

  async function lift(stream: string, address: string, note: string, actor: Actor = {}): Promise<void> {
    const [found] = await listSuppressions(db, { stream, address });
    if (!found)
      throw new MailError('wrong-state', 'This address is not suppressed on this stream.', 'address');
    const fixed = cannotLift(found);
    if (fixed) throw new MailError('wrong-state', fixed, 'address');
    if (found.origin !== 'Operator') await askProvider(stream, found.address);
    await decide(stream, found.address, false, note, actor);
  }

  async function askProvider(stream: string, address: string): Promise<void> {
    const provider = providers.listing(stream);
    // Nobody keeps a list that it could still be on.
    if (!provider?.lists) return;
    const { name, lists } = provider;
    const answer = await lists.reactivate(stream, address).catch((error: unknown) => {
      log.warn({ err: error, stream }, 'the provider could not be asked to lift a suppression');
      throw new MailError(
        'wrong-state',
        `${name} could not be reached. Nothing was changed; try again.`,
        'address',
      );
    });
    if (!answer.done)
      throw new MailError('wrong-state', `${name} will not lift it: ${answer.answer}`, 'address');
  }

  /** Why a suppression cannot be lifted, in a sentence; null when it may be lifted. An operator's own always may. */
  function cannotLift({ stream, reason, origin }: Suppression): string | null {
    if (origin === 'Operator') return null;
    return providers.listing(stream)?.lists?.cannotLift({ reason, origin }) ?? null;
  }

  return {
    list: (filter = {}) => listSuppressions(db, filter),
    page: (filter = {}) => pageSuppressions(db, filter),
    async evidence(stream, address) {
      const suppression = await readSuppression(db, stream, address);
      if (!suppression) return null;
      const event = suppression.eventId ? await readEvent(db, suppression.eventId) : null;
      return { suppression, event, fixed: cannotLift(suppression) };
    },
    add,
    lift,
  };
}
