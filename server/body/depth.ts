/** Deeper nesting than this is no form and no event of anybody's, and what walks through it could run out of stack. */
const deepest = 100;

/** True for a value nested deeper than anything we read. */
export function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > deepest) return true;
    level = level.flatMap(one => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return false;
}
