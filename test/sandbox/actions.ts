import type { Content } from './content/content.ts';
import { renderDelivered } from './content/render.ts';
import { bounceType } from './delivery/bounce-types.ts';
import * as effects from './delivery/events.ts';
import { addSuppression, removeSuppression, suppressRecipient } from './delivery/suppress.ts';
import type { Visitor } from './delivery/visitors.ts';
import { type Incoming, receive } from './inbound/receive.ts';
import { type Reply, replyTo } from './inbound/reply.ts';
import type { Provider } from './state/provider.ts';
import type { CapturedMessage } from './store/messages.ts';
import type { SuppressionReason } from './store/suppressions.ts';

/** Things that happen to mail in the world outside. `target` is a MessageID or the address of a recipient. */
export interface Actions {
  /** Puts an address on a stream's list, as a customer would. */
  suppress(stream: string, email: string, reason?: SuppressionReason): void;
  /** Takes an address off a stream's list, as a customer would. Nothing happens when it is not on it. */
  unsuppress(stream: string, email: string): void;
  /** `type` in any spelling the bounce generator takes; default HardBounce. */
  bounce(target: string, type?: string): void;
  complain(target: string): void;
  /** `visitor` changes what is told about who opened it. */
  open(target: string, visitor?: Partial<Visitor>): void;
  /** `link` defaults to a made-up one. */
  click(
    target: string,
    link?: string,
    how?: { location?: 'HTML' | 'Text'; visitor?: Partial<Visitor> },
  ): void;
  unsubscribe(target: string): void;
  /** The recipient answers, which comes in as inbound mail; answers its MessageID. */
  reply(target: string, reply: Reply | string): Promise<string>;
  /** Somebody writes to the server; answers the MessageID Postmark gives the mail. */
  receive(incoming: Incoming): Promise<string>;
  /** The message as the recipient finds it; null when its body is no longer kept. */
  content(target: string): Promise<Content | null>;
}

/** All actions; those on mail throw when there is no such message. */
export function createActions(provider: Provider): Actions {
  const on = (target: string): [CapturedMessage, string] => findTarget(provider, target);
  return {
    suppress: (stream, email, reason = 'ManualSuppression') => {
      const id = streamId(provider, stream);
      const origin = reason === 'ManualSuppression' ? 'Customer' : 'Recipient';
      addSuppression(provider, id, { email, reason, origin, createdAt: provider.clock.now() });
    },
    unsuppress: (stream, email) => removeSuppression(provider, streamId(provider, stream), email),
    bounce: (target, name = 'HardBounce') => {
      const type = bounceType(name);
      if (!type) throw new Error(`There is no bounce type '${name}'.`);
      if (type.type === 'SpamComplaint') effects.complained(provider, ...on(target));
      else effects.bounced(provider, ...on(target), type, 'smtp;550 5.0.0 Staged by the local sandbox.');
    },
    complain: target => effects.complained(provider, ...on(target)),
    open: (target, visitor) => effects.opened(provider, ...on(target), visitor),
    click: (target, link = 'https://shop.example/', { location = 'HTML', visitor } = {}) =>
      effects.clicked(provider, ...on(target), { link, location }, visitor),
    reply: (target, reply) =>
      replyTo(provider, ...on(target), typeof reply === 'string' ? { text: reply } : reply),
    receive: incoming => receive(provider, incoming),
    unsubscribe: target => suppressRecipient(provider, ...on(target), 'ManualSuppression', 'Recipient'),
    content: target => renderDelivered(provider, ...on(target)),
  };
}

function streamId({ streams }: Provider, stream: string): string {
  const id = streams.get(stream)?.id;
  if (id === undefined) throw new Error(`The sandbox has no stream '${stream}'.`);
  return id;
}

/** The message meant and the recipient concerned: the one named, else the first. */
function findTarget(provider: Provider, target: string): [CapturedMessage, string] {
  const byAddress = target.includes('@');
  const message = byAddress ? provider.messages.lastTo(target) : provider.messages.get(target);
  const wanted = target.toLowerCase();
  const email = byAddress
    ? message?.recipients.find(one => one.toLowerCase() === wanted)
    : message?.recipients[0];
  if (!message || email === undefined) throw new Error(`The sandbox holds no message for '${target}'.`);
  return [message, email];
}
