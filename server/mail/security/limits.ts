/** Events are counted in windows of this length, in ms. */
export const windowMs = 10 * 60_000;

/** How many events of a kind from one network the audit log has in full, in a window; more are one entry with a count. */
export const eventsInFull = 3;

/** How many networks have that, in a window; events of the others are one entry with a count. */
export const sourcesInFull = 20;

/** How long counts are kept, in ms. */
export const countsKeptMs = 24 * 3_600_000;
