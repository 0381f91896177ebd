import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import type { Consents, Suppressions } from '../people/api.ts';
import { consentRules } from '../people/consent.ts';
import { consentKey } from '../people/consent-store.ts';
import { suppressionRules } from '../people/suppressions.ts';
import { type Suppression, suppressionKey } from '../people/suppressions-store.ts';
import { refuseUnknownTopic } from '../people/topics.ts';
import { addressKey, readMailbox } from '../shared/address.ts';
import type { ChangeOptions } from '../shared/change.ts';
import { withCheckedInput } from '../shared/input.ts';
import { afterTransaction, changeOnce, checkTransaction } from './change.ts';
import type { FakeLedger } from './ledger.ts';
import { needsDatabase } from './unsupported.ts';

/** `mail.suppressions` in memory; all of them are an operator's own. */
export function createFakeSuppressions({ now }: MailContext, ledger: FakeLedger): Suppressions {
  const found = (stream: string, address: string) =>
    ledger.suppressions.get(suppressionKey({ stream, address: addressKey(address) }));
  const decide = (stream: string, address: string, active: boolean, note: string) => {
    const own = { reason: 'ManualSuppression', origin: 'Operator', eventId: null, note };
    const suppression = { stream, address, active, ...own, changedAt: now() };
    ledger.suppressions.set(suppressionKey({ stream, address }), suppression);
  };

  const suppressions: Suppressions = {
    async list({ stream, address, limit } = {}) {
      const isWanted = (one: Suppression) =>
        one.active &&
        (stream === undefined || one.stream === stream) &&
        (address === undefined || one.address === addressKey(address));
      return [...ledger.suppressions.entries()]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, one]) => ({ ...one }))
        .filter(isWanted)
        .slice(0, limit);
    },
    async page() {
      throw needsDatabase('mail.suppressions.page');
    },
    async evidence(stream, address) {
      const suppression = found(stream, address);
      return suppression ? { suppression: { ...suppression }, event: null, fixed: null } : null;
    },
    async add(stream, given, note, options = {}) {
      const address = addressKey(readMailbox(given, 'address').email);
      const once = { scope: 'suppression.add', request: { stream, address }, options };
      change(ledger, once, () => decide(stream, address, true, note));
      return true;
    },
    async lift(stream, given, note, options = {}) {
      const address = addressKey(given);
      const once = { scope: 'suppression.lift', request: { stream, address }, options };
      const lift = () => {
        if (!found(stream, address)?.active)
          throw new MailError('wrong-state', 'This address is not suppressed on this stream.', 'address');
        decide(stream, address, false, note);
      };
      change(ledger, once, lift);
    },
  };
  return withCheckedInput(suppressions, suppressionRules);
}

/** `mail.consent` in memory. */
export function createFakeConsent({ now, topics }: MailContext, ledger: FakeLedger): Consents {
  const consents: Consents = {
    async record({ topic, granted, evidence = null, at = now(), ...statement }, options = {}) {
      if (granted) refuseUnknownTopic({ topics }, topic);
      const address = addressKey(readMailbox(statement.address, 'address').email);
      const changedAt = new Date(at);
      const once = { scope: 'consent.record', request: { topic, address, granted }, options };
      const record = () => {
        const key = consentKey({ topic, address });
        const earlier = ledger.consents.get(key);
        if (!earlier || earlier.changedAt <= changedAt)
          ledger.consents.set(key, { topic, address, granted, evidence, changedAt });
      };
      change(ledger, once, record);
    },
    async list(address) {
      return [...ledger.consents.values()]
        .filter(one => one.address === addressKey(address))
        .sort((a, b) => (a.topic < b.topic ? -1 : 1))
        .map(one => ({ ...one }));
    },
  };
  return withCheckedInput(consents, consentRules);
}

/** Makes a change now, or once the caller's transaction has committed. */
function change(
  ledger: FakeLedger,
  once: { scope: string; request: unknown; options: ChangeOptions },
  work: () => void,
): void {
  const { trx } = once.options;
  const make = () => void changeOnce(ledger, once, work, () => undefined);
  if (!trx) {
    make();
    return;
  }
  checkTransaction(trx);
  afterTransaction(ledger, trx, async () => make());
}
