import { noteEvent } from '../messages/message-events.ts';
import type { Provider } from '../state/provider.ts';
import type { CapturedMessage } from '../store/messages.ts';
import type { Suppression, SuppressionOrigin, SuppressionReason } from '../store/suppressions.ts';
import * as payloads from '../webhooks/payloads.ts';

/** Puts the recipient of a message on its stream's list. Nothing happens when the address is there already. */
export function suppressRecipient(
  provider: Provider,
  message: CapturedMessage,
  email: string,
  reason: SuppressionReason,
  origin: SuppressionOrigin,
): void {
  const entry = { email, reason, origin, createdAt: provider.clock.now() };
  if (!addSuppression(provider, message.stream, entry, message)) return;
  noteEvent(message, email, 'SubscriptionChanged', entry.createdAt, {
    Origin: origin,
    SuppressSending: 'True',
  });
}

/**
 * Puts an address on a stream's list; without a message when a customer or administrator did it.
 * False when the address was there already.
 */
export function addSuppression(
  provider: Provider,
  stream: string,
  suppression: Suppression,
  message?: CapturedMessage,
): boolean {
  if (!provider.suppressions.add(stream, suppression)) return false;
  provider.webhooks.post(
    'SubscriptionChange',
    payloads.suppressed(provider.server.ID, stream, suppression, message),
  );
  return true;
}

/** Takes an address off a stream's list; its bounces no longer keep it inactive. */
export function removeSuppression(
  provider: Provider,
  stream: string,
  email: string,
  origin: SuppressionOrigin = 'Customer',
): void {
  provider.bounces.reactivate(stream, email);
  if (!provider.suppressions.remove(stream, email)) return;
  provider.webhooks.post(
    'SubscriptionChange',
    payloads.reactivated(provider.server.ID, stream, email, origin, provider.clock.now()),
  );
}
