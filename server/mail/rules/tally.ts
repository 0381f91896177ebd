/** Rows read from the provider, and those among them that we had missed. */
export interface Tally {
  seen: number;
  repaired: number;
}
