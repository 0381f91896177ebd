import type { CapturedMessage, MessageEvent } from './store/messages.ts';

/** Adds a step to the life of a message. */
export function noteEvent(
  message: CapturedMessage,
  recipient: string,
  type: MessageEvent['type'],
  details: Record<string, string>,
  at = Date.now(),
): MessageEvent {
  const event: MessageEvent = { recipient, type, at, details };
  message.events.push(event);
  return event;
}
