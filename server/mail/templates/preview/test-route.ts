import { chooseRoute, type Policy, type Route } from '../../routing/policy.ts';

/** True for a category whose mail goes out in bulk; false also where the policy doesn't have it. */
export function isBulk(policy: Policy, category: string): boolean {
  return hasCategory(policy, category) && policy.categories[category]?.lane === 'bulk';
}

/** Whether the routing policy knows a category. */
export function hasCategory({ categories }: Policy, category: string): boolean {
  return Object.hasOwn(categories, category);
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
