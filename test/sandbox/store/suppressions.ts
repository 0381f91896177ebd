export type SuppressionReason = 'HardBounce' | 'SpamComplaint' | 'ManualSuppression';
export type SuppressionOrigin = 'Recipient' | 'Customer' | 'Admin';

export interface Suppression {
  /** Lower case. */
  email: string;
  reason: SuppressionReason;
  origin: SuppressionOrigin;
  createdAt: number;
}

/** Who must not be mailed, one list per stream. */
export class SuppressionStore {
  readonly #byStream = new Map<string, Map<string, Suppression>>();

  get(stream: string, email: string): Suppression | undefined {
    return this.#byStream.get(stream)?.get(email.toLowerCase());
  }

  /** False when the address was on the list already. The first reason then stays, unless a complaint follows. */
  add(stream: string, suppression: Suppression): boolean {
    const list = this.#byStream.get(stream) ?? new Map<string, Suppression>();
    this.#byStream.set(stream, list);
    const email = suppression.email.toLowerCase();
    const isNew = !list.has(email);
    if (isNew || suppression.reason === 'SpamComplaint') list.set(email, { ...suppression, email });
    return isNew;
  }

  /** False when the address was not on the list. */
  remove(stream: string, email: string): boolean {
    return this.#byStream.get(stream)?.delete(email.toLowerCase()) ?? false;
  }

  list(stream: string): Suppression[] {
    return [...(this.#byStream.get(stream)?.values() ?? [])];
  }

  /** The addresses among these that are on the stream's list, lower case, each once. */
  inactive(stream: string, emails: readonly string[]): string[] {
    const list = this.#byStream.get(stream);
    if (!list || list.size === 0) return [];
    return [...new Set(emails.map(email => email.toLowerCase()).filter(email => list.has(email)))];
  }

  get count(): number {
    return [...this.#byStream.values()].reduce((sum, list) => sum + list.size, 0);
  }

  clear(): void {
    this.#byStream.clear();
  }
}
