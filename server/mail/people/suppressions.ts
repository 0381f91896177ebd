import type { Trx } from '../../../db/connect.ts';
import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { readEvent } from '../events/events-store.ts';
import { type Actor, audited } from '../shared/audit-store.ts';
import { type ChangeOptions, changeOnce } from '../shared/change.ts';
import type { NewSuppression, SuppressionEvidence, Suppressions, SuppressionTarget } from './api.ts';
import { createLift, fixedOf } from './lift.ts';
import { openListsFor } from './offers.ts';
import { reachOf } from './reach.ts';
import {
  enterSuppression,
  manualReason,
  type OwnEntry,
  recordSuppressionChange,
  suppressionChanges,
} from './suppression-changes-store.ts';
import { importSuppressions } from './suppression-import.ts';
import { expiryOf, ownEntryOf, withBothForms } from './suppression-input.ts';
import { everySuppression, listSuppressions, pageSuppressions } from './suppression-lists-store.ts';
import { suppressionSubject } from './suppression-subject.ts';
import { suppressionsAt } from './suppressions-store.ts';

const longestHistory = 500;

/** See {@link Suppressions}. */
export function createSuppressions(context: MailContext): Suppressions {
  const { db, now, providers } = context;

  async function add(
    { note, expiresAt, ...target }: NewSuppression,
    options: ChangeOptions = {},
  ): Promise<boolean> {
    const entry = ownEntryOf(target, { mailed: true });
    const until = expiryOf(expiresAt, now());
    if (entry.scope === 'stream') refuseStreamOfNone(entry.stream);
    return changeOnce(
      context,
      {
        scope: 'suppression.add',
        request: { ...entry, ...(until && { until: until.toISOString() }) },
        options,
      },
      trx => enter(trx, entry, { note, expiresAt: until }, options),
      async (_, added) => added,
    );
  }

  async function enter(
    trx: Trx,
    entry: OwnEntry,
    { note, expiresAt }: { note: string; expiresAt: Date | null },
    actor: Actor,
  ): Promise<boolean> {
    const at = now();
    const by = actor.by ?? null;
    const reaches = entry.scope === 'stream' ? await reachOf(context, trx, entry) : null;
    // Providers' lists know no end: what has one is ours alone.
    const offer = expiresAt === null && openListsFor(context, entry).length > 0 ? 'due' : null;
    if (!(await enterSuppression(trx, entry, { note, by, at, reaches, offer, expiresAt }))) return false;
    await recordSuppressionChange(trx, {
      ...{ ...entry, active: true, reason: manualReason, eventId: null },
      ...{ note, changedBy: by, datedAt: null, recordedAt: at, expiresAt },
    });
    await audited(trx, actor, {
      action: 'suppression.add',
      subject: suppressionSubject(entry),
      before: null,
      after: { active: true, note, ...(expiresAt && { expiresAt: expiresAt.toISOString() }) },
      at,
    });
    return true;
  }

  /** Where every server has a name, `broadcast` is a stream of none: nobody would be spared any mail by it. */
  function refuseStreamOfNone(stream: string): void {
    if (providers.servers.length === 0 || providers.listing(stream)) return;
    const names = providers.servers.map(({ names, key }) => names?.stream(stream) ?? key).join(', ');
    throw new MailError(
      'invalid-input',
      `The stream ${stream} is no server’s. There are: ${names}.`,
      'stream',
    );
  }

  async function evidence(target: SuppressionTarget): Promise<SuppressionEvidence | null> {
    const entry = ownEntryOf(target, { mailed: false });
    const all = await suppressionsAt(db, entry, now());
    const [suppression] = all;
    if (!suppression) return null;
    const event = suppression.eventId ? await readEvent(db, suppression.eventId) : null;
    // What can be lifted there may be lifted though something stronger stays.
    const active = all.filter(one => one.active);
    const isFixed = active.length > 0 && active.every(one => fixedOf(providers, one, entry.source) !== null);
    return { suppression, event, fixed: isFixed ? fixedOf(providers, suppression, entry.source) : null, all };
  }

  return withBothForms({
    list: (filter = {}) => listSuppressions(db, filter, now()),
    page: (filter = {}) => pageSuppressions(db, filter, now()),
    export: (filter = {}) => everySuppression(db, filter, now()),
    import: (list, options) => importSuppressions(context, list, options),
    history: address => suppressionChanges(db, address, longestHistory),
    evidence,
    add,
    lift: createLift(context),
  });
}
