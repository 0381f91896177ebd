import type { MailContext } from '../context.ts';
import { type ReadMessage, readMessage, refuseConflict, type Send } from '../sending/accept.ts';
import { readSendOptions } from '../sending/send-options.ts';
import { afterTransaction, checkTransaction } from './change.ts';
import { handOver } from './hand-over.ts';
import { type Entry, entryOf, type FakeLedger } from './ledger.ts';

/**
 * Accepts by the module's own rules. In a caller's transaction nothing is there before it has committed, and nothing at all
 * once it, or the part of it that sent, was rolled back.
 */
export function createFakeSend(context: MailContext, ledger: FakeLedger): Send {
  const uncommitted = new WeakMap<object, Entry[]>();

  return async (input, options = {}) => {
    readSendOptions(options);
    const { trx, wait = false } = options;
    const entry = await readEntry(context, await readMessage(context, input));
    if (trx) checkTransaction(trx);

    const pending = trx ? (uncommitted.get(trx) ?? []) : [];
    const earlier = earlierOf([...ledger.messages.values(), ...pending], entry);
    if (earlier) return { id: earlier.view.id, state: earlier.view.state, repeated: true };

    const { id, state } = entry.view;
    const record = async () => {
      ledger.messages.set(id, entry);
      if (state === 'sending') await handOver(context, ledger, entry);
    };
    if (trx) {
      uncommitted.set(trx, [...pending, entry]);
      afterTransaction(ledger, trx, record);
    } else await record();
    return { id, state: wait ? entry.view.state : state, repeated: false };
  };
}

async function readEntry({ templates }: MailContext, { message, attachments }: ReadMessage): Promise<Entry> {
  const template =
    message.templateVersionId === null ? null : await templates.version(message.templateVersionId);
  const files = attachments.map(({ contentId, ...file }) => ({
    ...file,
    ...(contentId !== null && { contentId }),
  }));
  return entryOf(message, template, files);
}

function earlierOf(
  entries: readonly Entry[],
  { view, fingerprint, idempotencyScope }: Entry,
): Entry | undefined {
  if (view.idempotencyKey === null) return undefined;
  const earlier = entries.find(
    one => one.view.idempotencyKey === view.idempotencyKey && one.idempotencyScope === idempotencyScope,
  );
  if (earlier?.fingerprint && fingerprint) refuseConflict(earlier.fingerprint, fingerprint);
  return earlier;
}
