import type { Provider } from '../state/provider.ts';
import type { CapturedMessage } from '../store/messages.ts';
import * as effects from './events.ts';
import { type Outcome, outcomeOf } from './outcomes.ts';

/** A server of type Sandbox delivers nothing and shows everything as delivered. */
const SANDBOXED: Outcome = { kind: 'deliver', details: '250 2.0.0 Sandboxed' };

/** Lets a message meet its outcome at each of its recipients. `askedBounce`: the X-PM-Bounce-Type header. */
export function deliver(provider: Provider, message: CapturedMessage, askedBounce?: string): void {
  message.status = 'Sent';
  const isSandboxed = provider.server.DeliveryType === 'Sandbox';
  const blind = new Set(message.bcc.map(({ Email }) => Email));
  for (const email of message.recipients) {
    meet(provider, message, email, isSandboxed ? SANDBOXED : outcomeOf(email, askedBounce, blind.has(email)));
  }
}

function meet(provider: Provider, message: CapturedMessage, email: string, outcome: Outcome): void {
  switch (outcome.kind) {
    case 'deliver':
      effects.delivered(provider, message, email, outcome.details);
      return;
    case 'bounce':
      effects.bounced(provider, message, email, outcome.type, outcome.details);
      return;
    case 'complain':
      effects.delivered(provider, message, email, '250 2.0.0 OK accepted');
      effects.complained(provider, message, email);
  }
}
