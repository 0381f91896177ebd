import { type Fact, kept } from '../messages/reported.ts';
import type { ProviderEvent } from '../providers/event.ts';
import type { ReportedMessage } from './matching-store.ts';

/** An event with the message that it is about; null where that is not known. */
export interface Matched {
  event: ProviderEvent;
  message: ReportedMessage | null;
}

/** What an event changes of its message. */
export function factsOf({ event, message }: Matched): Fact[] {
  if (!message || !concerns(event, message)) return [];
  const { kind, occurredAt: at, details } = event;
  const reason = kind === 'delivered' ? null : String(details.name ?? details.type ?? kind);
  return [{ messageId: message.id, kind, at, reason }];
}

/** Whether an event changes its message. */
function concerns({ kind, recipient }: ProviderEvent, message: ReportedMessage): boolean {
  // A copy's fate is on the timeline; the state is the recipient's.
  if (recipient !== message.recipient) return false;
  // A refusal of one attempt says nothing about the next, which may be on its way.
  return kept[kind].state !== 'refuse' || message.latest;
}

/** Of most deliveries it is known already that their recipient was never turned away. */
export function mayTouchRun({ event: { kind, recipient }, message }: Matched): boolean {
  if (kind === 'soft-bounced') return true;
  return kind === 'delivered' && (message?.hasRun !== false || recipient !== message.recipient);
}
