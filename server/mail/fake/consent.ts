import { randomBytes } from 'node:crypto';
import type { CallerTransaction } from '../../../db/host/transaction.ts';
import type { MailContext } from '../context.ts';
import type { Suppressions } from '../people/api.ts';
import { confirmationDays, mailedEveryMs } from '../people/confirmations-store.ts';
import { consentsWith } from '../people/consent.ts';
import type { Consents } from '../people/consent-api.ts';
import type { Recording } from '../people/consent-keeping.ts';
import type { Asked, Confirmation, ConsentRecords } from '../people/consent-records.ts';
import { consentKey } from '../people/consent-store.ts';
import { isExpired } from '../people/suppression.ts';
import type { Send } from '../sending/accept.ts';
import { addMs, dayMs } from '../shared/time.ts';
import { afterTransaction, changeOnce, checkTransaction } from './change.ts';
import type { FakeLedger } from './ledger.ts';

type Kept = Pick<FakeLedger, 'consents' | 'consentChanges' | 'confirmations' | 'messages'>;
type Writing = Pick<ConsentRecords, 'put' | 'append' | 'ask' | 'settle'>;

/** `mail.consent` in memory. */
export function createFakeConsent(
  context: MailContext,
  ledger: FakeLedger,
  { send, suppressions }: { send: Send; suppressions: Suppressions },
): Consents {
  const suppressed = async (address: string) =>
    [...ledger.suppressions.values()].filter(
      one => one.address === address && one.active && !isExpired(one, context.now()),
    );
  const recording = (records: Omit<ConsentRecords, 'suppressed'>, trx?: CallerTransaction): Recording => ({
    ...{ records: { ...records, suppressed }, send, trx },
    audit: async () => {},
  });

  return consentsWith(context, {
    suppressions,
    lifting: async (target, note, options) => async () =>
      void (await suppressions.lift(target, note, options)),
    records: async () => ({ ...recordsIn(ledger), suppressed }),
    async once(change, work) {
      const { trx } = change.options;
      if (!trx)
        return changeOnce(
          ledger,
          change,
          () => work(recording(recordsIn(ledger))),
          kept => kept,
        );
      checkTransaction(trx);
      // Nothing is there before the commit, and then on top of what others said meanwhile.
      const { records, repeat } = draftOf(ledger);
      const kept = await work(recording(records, trx));
      afterTransaction(ledger, trx, async () => {
        await changeOnce(
          ledger,
          change,
          () => repeat(recordsIn(ledger)).then(() => kept),
          once => once,
        );
      });
      return kept;
    },
  });
}

/** Records on a copy, and what was written to it, to be done to others. */
function draftOf(ledger: FakeLedger): {
  records: Omit<ConsentRecords, 'suppressed'>;
  repeat(records: Writing): Promise<void>;
} {
  const written: ((records: Writing) => Promise<unknown>)[] = [];
  const records = recordsIn({
    messages: ledger.messages,
    consents: new Map(ledger.consents),
    consentChanges: [...ledger.consentChanges],
    confirmations: new Map(ledger.confirmations),
  });
  const noted =
    <Given extends unknown[], Answer>(name: keyof Writing, write: (...given: Given) => Promise<Answer>) =>
    async (...given: Given) => {
      written.push(others => (others[name] as (...given: unknown[]) => Promise<unknown>)(...given));
      return write(...given);
    };
  return {
    records: {
      ...records,
      put: noted('put', records.put),
      append: noted('append', records.append),
      // The mail has the link already.
      async ask(asked) {
        const answer = await records.ask(asked);
        written.push(others => others.ask({ ...asked, linkId: answer.linkId } as Asked));
        return answer;
      },
      settle: noted('settle', records.settle),
    },
    async repeat(others) {
      for (const write of written) await write(others);
    },
  };
}

function recordsIn({
  consents,
  consentChanges,
  confirmations,
  messages,
}: Kept): Omit<ConsentRecords, 'suppressed'> {
  const confirmed = (key: string, part: Partial<Confirmation>) => {
    const there = confirmations.get(key);
    if (there && !there.confirmedAt) confirmations.set(key, { ...there, ...part });
  };
  return {
    consents: async address =>
      [...consents.values()]
        .filter(one => one.address === address)
        .sort((a, b) => (a.topic < b.topic ? -1 : 1))
        .map(one => ({ ...one })),
    locked: async (topic, address) => consents.get(consentKey({ topic, address })) ?? null,
    async put(consent, { isNow }) {
      const earlier = consents.get(consentKey(consent));
      const [at, before] = [consent.changedAt.getTime(), earlier?.changedAt.getTime() ?? -1];
      if (!isNow && (at < before || (at === before && consent.granted))) return false;
      const changedAt = new Date(isNow ? Math.max(at, before + 1) : at);
      consents.set(consentKey(consent), { ...consent, changedAt });
      return true;
    },
    append: async change => void consentChanges.push(change),
    history: async (address, limit) =>
      consentChanges
        .filter(one => one.address === address)
        .toReversed()
        .slice(0, limit),
    async ask({ at, ...asked }) {
      const key = consentKey(asked);
      const there = confirmations.get(key);
      const given = 'linkId' in asked ? String(asked.linkId) : randomBytes(15).toString('base64url');
      const linkId = there?.linkId ?? given;
      const mayMail = !there || there.mailedAt <= addMs(at, -mailedEveryMs);
      const expiresAt = addMs(at, confirmationDays * dayMs);
      const mailedAt = mayMail ? at : there.mailedAt;
      confirmations.set(key, { ...asked, linkId, expiresAt, mailedAt, confirmedAt: null });
      return { linkId, mayMail };
    },
    pending: async (address, now) =>
      new Set(
        [...confirmations.values()]
          .filter(one => one.address === address && !one.confirmedAt && one.expiresAt > now)
          .map(({ topic }) => topic),
      ),
    settle: async (consent, at) =>
      confirmed(consentKey(consent), consent.granted ? { confirmedAt: at } : { expiresAt: at }),
    byLink: async linkId => [...confirmations.values()].find(one => one.linkId === linkId) ?? null,
    async message(id) {
      const view = messages.get(id)?.view;
      return view ? { ...view, address: view.recipient } : null;
    },
  };
}
