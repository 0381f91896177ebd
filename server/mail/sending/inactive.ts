import type { MailContext } from '../context.ts';
import { receive } from '../events/receive.ts';
import { inactiveReason } from '../people/suppression.ts';
import type { ProviderEvent } from '../providers/event.ts';
import type { Outcome, Transport } from '../providers/transport.ts';
import type { MessageToSend } from './claims-store.ts';

/**
 * Keeps that a provider refused addresses of a message as inactive, with the attempt as evidence: so that support can see
 * it and lift it, and the next message need not be refused to know.
 */
export async function keepInactive(
  context: MailContext,
  transport: Transport,
  message: MessageToSend,
  outcome: Outcome,
): Promise<void> {
  const inactive = 'inactive' in outcome ? (outcome.inactive ?? []) : [];
  if (inactive.length === 0) return;
  const owner = context.providers.all.find(one => one.transports.some(({ name }) => name === transport.name));
  for (const address of new Set(inactive)) {
    const event = inactiveEvent(message, address, outcome.answer, context.now());
    await receive(context, owner?.key ?? transport.name, event, 'answer');
  }
}

function inactiveEvent(
  { attemptId, stream }: MessageToSend,
  recipient: string,
  answer: string,
  occurredAt: Date,
): ProviderEvent {
  const [reason, origin] = [inactiveReason, 'Provider'];
  return {
    kind: 'suppressed',
    fact: `inactive ${attemptId} ${recipient}`,
    ...{ attemptId, providerMessageId: null, stream, recipient, occurredAt },
    suppresses: { active: true, reason, origin, seen: true },
    details: { reason, origin, answer: answer.slice(0, 2000) },
    raw: JSON.stringify({ attempt: attemptId, recipient, stream, answer }),
  };
}
