const MOST_SHARED = 10_000;
const shared = new Map<string, string>();

/**
 * A copy that stands alone. A text cut out of a larger one keeps the larger one alive: each kept subject would hold a
 * whole header section, each name of an attachment a whole message.
 */
export function detached(text: string): string {
  return text.length === 0 ? '' : Buffer.from(text, 'utf8').toString('utf8');
}

/** One copy for all that are equal, for texts that many messages have in common. */
export function pooled(text: string): string {
  const found = shared.get(text);
  if (found !== undefined) return found;
  if (shared.size >= MOST_SHARED) shared.clear();
  const copy = detached(text);
  shared.set(copy, copy);
  return copy;
}
