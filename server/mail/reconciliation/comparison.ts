/** What a night saw in one of the provider's books, and how much of it was missing in ours. */
export interface Differences {
  seen: number;
  repaired: number;
  /** Rows that are not what the provider documents, and were passed over. */
  unreadable: number;
}

/** Nothing so far. */
export function noDifferences(): Differences {
  return { seen: 0, repaired: 0, unreadable: 0 };
}
