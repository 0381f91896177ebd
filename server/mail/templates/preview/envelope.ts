import type { Envelope, Mailbox } from '../../providers/transport.ts';
import { chooseRoute, type Policy, type Route } from '../../routing/policy.ts';
import type { RenderedMail } from './tasks/render.ts';

/** True for a category whose mail goes out in bulk; false also where the policy doesn't have it. */
export function isBulk(policy: Policy, category: string): boolean {
  return hasCategory(policy, category) && policy.categories[category]?.lane === 'bulk';
}

/** Whether the routing policy knows a category. */
export function hasCategory({ categories }: Policy, category: string): boolean {
  return Object.hasOwn(categories, category);
}

/** Who mail of a category comes from. */
export function senderOf(policy: Policy, category: string): Mailbox {
  return (hasCategory(policy, category) && policy.categories[category]?.from) || policy.from;
}

/**
 * The route of a test of a category. On a bulk stream the provider adds its own way to unsubscribe, which works; a
 * test's must not, so it takes the road of transactional mail where there is one.
 */
export function testRoute(policy: Policy, category: string, address: string): Route {
  const transactional = Object.entries(policy.categories).find(([, { lane }]) => lane === 'transactional');
  const taken = isBulk(policy, category) && transactional ? transactional[0] : category;
  return { ...chooseRoute(policy, taken, address), category };
}

/** Mail of a category to one address, with nothing but its parts. */
export function envelopeOf(
  policy: Policy,
  category: string,
  { subject, html, text }: RenderedMail,
  { attemptId, stream, to }: Pick<Envelope, 'attemptId' | 'stream' | 'to'>,
): Envelope {
  return {
    ...{ attemptId, stream, to, from: senderOf(policy, category) },
    ...{ cc: [], bcc: [], replyTo: [], headers: {}, metadata: {}, attachments: [] },
    ...{ subject, html, text },
  };
}
