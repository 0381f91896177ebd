import type { Adjustments } from '../adjust.ts';
import { ACCOUNT_STATES } from '../settings.ts';
import { checkVariants } from '../variants.ts';

const TIMES = ['latencyMs', 'searchLagMs', 'suppressionLagMs'] as const;

/** Checks changes that came as JSON; a text says what is wrong with them. */
export function readAdjustments(body: unknown): Adjustments | string {
  const given = new Map<string, unknown>(Object.entries(Object(body)));
  const changes: Adjustments = {};
  for (const name of TIMES) {
    const value = given.get(name);
    if (value === undefined) continue;
    if (typeof value !== 'number' || !(value >= 0)) return `${name} must be 0 or more.`;
    changes[name] = value;
  }
  if (given.has('accountState')) {
    const state = ACCOUNT_STATES.find(one => one === given.get('accountState'));
    if (!state) return `accountState must be one of ${ACCOUNT_STATES.join(', ')}.`;
    changes.accountState = state;
  }
  try {
    return { ...changes, variants: checkVariants(Object.entries(Object(given.get('variants') ?? {}))) };
  } catch (error) {
    return `variants must be ${error instanceof Error ? error.message : error}.`;
  }
}
