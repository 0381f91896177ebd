/** What this process knows of the streams whose suppressions have to be learnt. */
export interface Learnt {
  /** Streams that nothing waits for any more. */
  ready: Set<string>;
  /** By stream: null once it is learnt, else why it is not. */
  underWay: Map<string, { answer: Promise<string | null>; settledAt: Date | null }>;
}

/** Nothing yet. */
export function nothingLearnt(): Learnt {
  return { ready: new Set(), underWay: new Map() };
}
