const hourMs = 3_600_000;

/** A session ends after this long without a request, in ms. */
export const idleMs = 12 * hourMs;

/** A session ends this long after signing in, whatever happens, in ms. */
export const absoluteMs = 7 * 24 * hourMs;

/** How long an ended session is remembered, so that its owner can be told, in ms. */
export const rememberedMs = 30 * 24 * hourMs;

/** True for a session that may no longer be used. */
export function isOver(session: { createdAt: Date; seenAt: Date; endedAt: Date | null }, now: Date): boolean {
  const { createdAt, seenAt, endedAt } = session;
  return (
    endedAt !== null ||
    now.getTime() - seenAt.getTime() >= idleMs ||
    now.getTime() - createdAt.getTime() >= absoluteMs
  );
}
