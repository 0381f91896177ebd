import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import type { Suppressions } from '../people/api.ts';
import { isExpired, type SuppressionPlace } from '../people/suppression.ts';
import { manualReason, type OwnEntry } from '../people/suppression-changes-store.ts';
import { expiryOf, ownEntryOf, withBothForms } from '../people/suppression-input.ts';
import type { Suppression } from '../people/suppressions-store.ts';
import { addressKey } from '../shared/address.ts';
import { changeInMemory } from './change.ts';
import type { FakeLedger } from './ledger.ts';
import { needsDatabase } from './unsupported.ts';

/** `mail.suppressions` in memory; no provider reports any. */
export function createFakeSuppressions({ now }: MailContext, ledger: FakeLedger): Suppressions {
  const isActive = (one: Suppression) => one.active && !isExpired(one, now());
  const at = (place: SuppressionPlace) =>
    [...ledger.suppressions.values()]
      .filter(one => placeKey(one) === placeKey(place))
      .map(one => ({ ...one, active: isActive(one) }));
  const set = (
    entry: OwnEntry,
    active: boolean,
    note: string,
    by: string | undefined,
    expiresAt: Date | null = null,
  ) => {
    const own = {
      ...entry,
      active,
      expiresAt,
      reason: manualReason,
      eventId: null,
      note,
      reaches: null,
      offer: null,
    };
    const moment = now();
    const suppression = { ...own, changedBy: by ?? null, changedAt: moment, recordedAt: moment };
    ledger.suppressions.set(`${placeKey(entry)}\n${entry.source}`, suppression);
    ledger.suppressionChanges.push({ ...suppression, datedAt: null });
  };

  return withBothForms({
    async list({ stream, address, limit } = {}) {
      const isWanted = (one: Suppression) =>
        isActive(one) &&
        (stream === undefined || one.stream === stream) &&
        (address === undefined || one.address === addressKey(address));
      const places = [...ledger.suppressions.values()]
        .filter(isWanted)
        .map(one => [placeKey(one), one] as const);
      // One of each place: its keys are as good as a set.
      return [...new Map(places.toReversed()).values()]
        .sort((a, b) => (listKey(a) < listKey(b) ? -1 : 1))
        .map(one => ({ ...one }))
        .slice(0, limit);
    },
    async page() {
      throw needsDatabase('mail.suppressions.page');
    },
    export: () => {
      throw needsDatabase('mail.suppressions.export');
    },
    async import() {
      throw needsDatabase('mail.suppressions.import');
    },
    async history(address) {
      return ledger.suppressionChanges.filter(one => one.address === addressKey(address)).toReversed();
    },
    async evidence(target) {
      const all = at(ownEntryOf(target, { mailed: false }));
      const suppression = all.find(({ active }) => active) ?? all[0];
      return suppression
        ? { suppression: { ...suppression }, event: null, fixed: null, all: all.map(one => ({ ...one })) }
        : null;
    },
    async add({ note, expiresAt, ...target }, options = {}) {
      const entry = ownEntryOf(target, { mailed: true });
      const until = expiryOf(expiresAt, now());
      const isThere = () => at(entry).some(one => one.source === entry.source && lastsAsLong(one, until));
      const added = !isThere();
      changeInMemory(ledger, { scope: 'suppression.add', request: { ...entry, until }, options }, () => {
        if (!isThere()) set(entry, true, note, options.by, until);
      });
      return added;
    },
    async lift(target, note, options = {}) {
      const entry = ownEntryOf(target, { mailed: false });
      const lift = () => {
        const active = at(entry).filter(one => one.active);
        const liftable = active.filter(one => (one.source === 'person') === (entry.source === 'person'));
        if (active.length === 0)
          throw new MailError('wrong-state', 'This address is not suppressed on this stream.', 'address');
        if (liftable.length === 0)
          throw new MailError('wrong-state', 'Somebody else asked for it.', 'address');
        for (const { source } of liftable)
          if (source !== 'provider') set({ ...entry, source }, false, note, options.by);
      };
      const before = at(entry).filter(({ active }) => active).length;
      changeInMemory(ledger, { scope: 'suppression.lift', request: entry, options }, lift);
      const [still] = at(entry).filter(({ active }) => active);
      return { lifted: Math.max(before, 1), still: still ?? null };
    },
  });
}

function lastsAsLong({ active, expiresAt }: Suppression, until: Date | null): boolean {
  return active && (expiresAt === null || (until !== null && expiresAt >= until));
}

function placeKey({ address, scope, stream, topic }: SuppressionPlace): string {
  return [address, scope, stream, topic].join('\n');
}

function listKey({ stream, address, scope, topic }: SuppressionPlace): string {
  return [stream, address, scope, topic].join('\n');
}
