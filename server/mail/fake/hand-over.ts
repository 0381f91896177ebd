import { v7 as newId } from 'uuid';
import type { MailContext } from '../context.ts';
import type { Suppression } from '../people/suppressions-store.ts';
import type { Lane } from '../routing/policy.ts';
import { copiesLeftOut, decide } from '../sending/eligibility.ts';
import { envelopeFor, templateOf } from '../sending/render.ts';
import { type Entry, type FakeLedger, move } from './ledger.ts';

/** Hands over what is due of a lane, oldest due first; returns how many messages. */
export async function deliverDue(context: MailContext, ledger: FakeLedger, lane: Lane): Promise<number> {
  const isDue = ({ view, lane: its }: Entry) =>
    view.state === 'queued' && its === lane && view.dueAt !== null && view.dueAt <= context.now();
  const due = [...ledger.messages.values()].filter(isDue).sort(byDueTime);
  for (const entry of due) {
    entry.stored.attemptId = newId();
    move(entry, 'claim', { at: context.now() });
    await handOver(context, ledger, entry);
  }
  return due.length;
}

function byDueTime({ view: a }: Entry, { view: b }: Entry): number {
  return (a.dueAt?.getTime() ?? 0) - (b.dueAt?.getTime() ?? 0) || (a.id < b.id ? -1 : 1);
}

/** Decides and renders by the module's own rules; then the message is handed over, to this ledger. */
export async function handOver(context: MailContext, ledger: FakeLedger, entry: Entry): Promise<void> {
  const at = context.now();
  const known = { ...refusalsIn(ledger), topics: await context.topicRegister.all() };
  const decision = decide(context, entry.stored, known);
  if (decision.kind !== 'send') {
    move(entry, decision.kind === 'failed' ? 'fail' : 'suppress', { at, reason: decision.reason });
    return;
  }
  const { message } = copiesLeftOut(context, entry.stored, known);
  entry.view.leftOut = message.leftOut;
  try {
    const template = await templateOf(context.templates, message);
    const envelope = envelopeFor(context, message, template, entry.files);
    if (move(entry, 'send', { at })) ledger.handedOver.push({ entry, envelope, at });
  } catch (error) {
    move(entry, 'fail', { at, reason: `cannot be rendered: ${(error as Error).message}` });
  }
}

function refusalsIn({ suppressions, consents }: FakeLedger) {
  return {
    suppressed: suppressedIn({ suppressions }),
    granted: new Map([...consents].map(([key, { granted }]) => [key, granted])),
  };
}

/** Active suppressions by address. */
export function suppressedIn({ suppressions }: Pick<FakeLedger, 'suppressions'>): Map<string, Suppression[]> {
  const found = new Map<string, Suppression[]>();
  for (const one of suppressions.values())
    if (one.active) found.set(one.address, [...(found.get(one.address) ?? []), one]);
  return found;
}
