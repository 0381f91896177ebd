import * as effects from './effects.ts';
import { type Fate, fateOf } from './fates.ts';
import type { Provider } from './provider.ts';
import type { CapturedMessage } from './store/messages.ts';

/** A server of type Sandbox delivers nothing and shows everything as delivered. */
const SANDBOXED: Fate = { kind: 'deliver', details: '250 2.0.0 Sandboxed' };

/** Lets a message meet its fate at each of its recipients. `askedBounce`: the X-PM-Bounce-Type header. */
export function deliver(provider: Provider, message: CapturedMessage, askedBounce?: string): void {
  message.status = 'Sent';
  const isSandboxed = provider.server.DeliveryType === 'Sandbox';
  const blind = new Set(message.bcc.map(({ Email }) => Email));
  for (const email of message.recipients) {
    meet(provider, message, email, isSandboxed ? SANDBOXED : fateOf(email, askedBounce, blind.has(email)));
  }
}

function meet(provider: Provider, message: CapturedMessage, email: string, fate: Fate): void {
  switch (fate.kind) {
    case 'deliver':
      effects.delivered(provider, message, email, fate.details);
      return;
    case 'bounce':
      effects.bounced(provider, message, email, fate.type, fate.details);
      return;
    case 'complain':
      effects.delivered(provider, message, email, '250 2.0.0 OK accepted');
      effects.complained(provider, message, email);
  }
}
