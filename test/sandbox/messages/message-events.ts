import type { CapturedMessage, MessageEvent } from '../store/messages.ts';

/** Adds a step to the life of a message. */
export function noteEvent(
  message: CapturedMessage,
  recipient: string,
  type: MessageEvent['type'],
  at: number,
  details: MessageEvent['details'],
): MessageEvent {
  const event: MessageEvent = { recipient, type, at, details };
  // Grown by push, the list would take room for many more.
  message.events = [...message.events, event];
  return event;
}
