import { bounceType } from '../delivery/bounce-types.ts';
import * as effects from '../delivery/events.ts';
import { removeSuppression, suppressRecipient } from '../delivery/suppress.ts';
import { replyTo } from '../inbound/reply.ts';
import type { Provider } from '../state/provider.ts';
import type { CapturedMessage } from '../store/messages.ts';

type Action = (provider: Provider, message: CapturedMessage, email: string, form: URLSearchParams) => unknown;

const ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['open', (provider, message, email) => effects.opened(provider, message, email)],
  [
    'click',
    (provider, message, email, form) => {
      const link = form.get('link') || 'https://shop.example/';
      effects.clicked(provider, message, email, { link, location: 'HTML' });
    },
  ],
  [
    'bounce',
    (provider, message, email, form) => {
      const type = bounceType(form.get('type') ?? 'HardBounce');
      if (type)
        effects.bounced(provider, message, email, type, 'smtp;550 5.0.0 Staged by the local sandbox.');
    },
  ],
  ['complain', (provider, message, email) => effects.complained(provider, message, email)],
  [
    'unsubscribe',
    (provider, message, email) =>
      suppressRecipient(provider, message, email, 'ManualSuppression', 'Recipient'),
  ],
  ['reactivate', (provider, message, email) => removeSuppression(provider, message.stream, email)],
  [
    'reply',
    (provider, message, email, form) => replyTo(provider, message, email, { text: form.get('text') ?? '' }),
  ],
]);

/** Carries out what a button of a message stands for; false when there is no such button or recipient. */
export async function performAction(
  provider: Provider,
  message: CapturedMessage,
  name: string,
  form: URLSearchParams,
): Promise<boolean> {
  const action = ACTIONS.get(name);
  const email = message.recipients[Number(form.get('recipient') ?? 0)];
  if (!action || email === undefined || message.refused) return false;
  await action(provider, message, email, form);
  return true;
}
