import type { Trx } from '../../../db/connect.ts';
import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import type { Providers } from '../providers/providers.ts';
import { audited } from '../shared/audit-store.ts';
import { type ChangeOptions, changeOnce } from '../shared/change.ts';
import { joinTransaction } from '../shared/transaction.ts';
import type { SuppressionTarget } from './api.ts';
import { openListsFor } from './offers.ts';
import { fenceRun } from './soft-bounces-store.ts';
import { withFence } from './standing.ts';
import { lockStanding, saveStanding } from './standing-store.ts';
import type { SuppressionClass, SuppressionSource } from './suppression.ts';
import { endSuppression, type OwnEntry, recordSuppressionChange } from './suppression-changes-store.ts';
import type { SuppressionFunctions } from './suppression-input.ts';
import { ownEntryOf } from './suppression-input.ts';
import { suppressionSubject } from './suppression-subject.ts';
import { type Suppression, suppressionsAt } from './suppressions-store.ts';

/** Who asks, what for, and which classes the provider has lifted by now. */
export interface AskedToLift {
  entry: OwnEntry;
  note: string;
  liftedThere: readonly SuppressionClass[];
  /** Streams whose provider was told of our entry, and has taken it back. */
  told: readonly string[];
  options: ChangeOptions;
}

/** See `Suppressions.lift`. */
export function createLift(context: MailContext): SuppressionFunctions['lift'] {
  return async (target, note, options = {}) => {
    const asked = await askToLift(context, target, note, options);
    const { entry } = asked;
    return changeOnce(
      context,
      { scope: 'suppression.lift', request: entry, options },
      trx => liftIn(context, trx, asked),
      async (trx, lifted) => {
        const [still] = (await suppressionsAt(trx, entry, context.now())).filter(({ active }) => active);
        return { lifted, still: still ?? null };
      },
    );
  };
}

/**
 * Has the provider lift what it holds against a place, for {@link liftIn} to do the same here: before any transaction, as nothing
 * is to be locked while the provider takes its time. Done twice it is as done once. Throws `wrong-state` when it refuses.
 */
export async function askToLift(
  context: MailContext,
  target: SuppressionTarget,
  note: string,
  options: ChangeOptions,
): Promise<AskedToLift> {
  const { db, providers } = context;
  const entry = ownEntryOf(target, { mailed: false });
  // A transaction that is none is refused before the provider has done what it was to be a part of.
  if (options.trx) await joinTransaction(db, options.trx);
  const there = (await suppressionsAt(db, entry, context.now())).filter(
    one => one.active && one.source === 'provider' && fixedOf(providers, one, entry.source) === null,
  );
  const told = await streamsTold(context, entry);
  for (const stream of told) await askProvider(context, stream, entry.address);
  if (there.length > 0 && !told.includes(entry.stream))
    await askProvider(context, entry.stream, entry.address);
  return { entry, note, liftedThere: there.map(one => one.class), told, options };
}

/** Streams of other places whose list has the address by our own entry, and by nothing that stays there anyway. */
async function streamsTold(context: MailContext, entry: OwnEntry): Promise<string[]> {
  const ours = (await suppressionsAt(context.db, entry, context.now())).filter(
    one => one.active && one.offer === 'done' && fixedOf(context.providers, one, entry.source) === null,
  );
  if (ours.length === 0) return [];
  const told: string[] = [];
  for (const { stream } of openListsFor(context, entry)) {
    const there = await suppressionsAt(
      context.db,
      { ...entry, scope: 'stream', stream, topic: '' },
      context.now(),
    );
    const stays = there.some(
      one =>
        one.active && one.source === 'provider' && fixedOf(context.providers, one, entry.source) !== null,
    );
    if (!stays) told.push(stream);
  }
  return told;
}

/**
 * Lifts what may be lifted; what was reported since the provider was asked stays. Returns how many it was. Throws `wrong-state`,
 * with nothing changed, where that is none.
 */
export async function liftIn(context: MailContext, trx: Trx, asked: AskedToLift): Promise<number> {
  const { entry, note, liftedThere, told, options } = asked;
  const at = context.now();
  const standing = entry.scope === 'stream' ? await lockStanding(trx, entry) : null;
  const active = (await suppressionsAt(trx, entry, at, { lock: true })).filter(one => one.active);
  const liftable = active.filter(one => mayLift(context, one, asked));
  refuseWithout(context, active, liftable, entry);

  const by = options.by ?? null;
  for (const one of liftable) {
    const { source } = one;
    if (source === 'rule') await fenceRun(trx, one.address);
    if (source !== 'provider') await endSuppression(trx, { ...one, source }, { note, by, at, offer: null });
    await recordSuppressionChange(trx, {
      ...{ ...one, active: false, eventId: null, note },
      ...{ changedBy: by, datedAt: null, recordedAt: at },
    });
  }
  if (standing) await saveStanding(trx, entry, standing, withFence(standing, liftedThere), { at, note, by });
  for (const stream of told.filter(one => one !== entry.stream)) {
    const place = { address: entry.address, stream };
    const there = await lockStanding(trx, place);
    await saveStanding(trx, place, there, withFence(there, ['operator']), { at, note, by });
  }
  const [before] = active;
  await audited(trx, options, {
    action: 'suppression.lift',
    subject: suppressionSubject(entry),
    before: before && { active: true, reason: before.reason, origin: before.origin },
    after: { active: false, note },
    at,
  });
  return liftable.length;
}

function mayLift({ providers }: MailContext, one: Suppression, { entry, liftedThere }: AskedToLift): boolean {
  if (fixedOf(providers, one, entry.source) !== null) return false;
  return one.source !== 'provider' || liftedThere.includes(one.class);
}

function refuseWithout(
  { providers }: MailContext,
  active: readonly Suppression[],
  liftable: readonly Suppression[],
  { scope, source }: OwnEntry,
): void {
  const [strongest] = active;
  if (!strongest) {
    const where = scope === 'stream' ? ' on this stream' : scope === 'topic' ? ' from this topic' : ' so far';
    throw new MailError('wrong-state', `This address is not suppressed${where}.`, 'address');
  }
  if (liftable.length > 0) return;
  const fixed =
    fixedOf(providers, strongest, source) ?? 'It was reported a moment ago. Look at it, and try again.';
  throw new MailError('wrong-state', fixed, 'address');
}

/** Why a suppression cannot be lifted by this source, in a sentence; null when it may be. */
export function fixedOf(
  providers: Pick<Providers, 'listing'>,
  { source, stream, reason, origin }: Suppression,
  by: SuppressionSource,
): string | null {
  if (source === 'provider') return providers.listing(stream)?.lists?.cannotLift({ reason, origin }) ?? null;
  if (source === 'person' && by !== 'person')
    return 'The person asked for it: only they can take it back (source person).';
  if (source !== 'person' && by === 'person')
    return 'It was not the person who asked for it: an operator can lift it (source operator).';
  return null;
}

async function askProvider({ providers, log }: MailContext, stream: string, address: string): Promise<void> {
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
