/** The metadata key under which Postlane's attempt id travels. */
export const ATTEMPT_KEY = 'postlane-attempt';

/** Which messages carried which attempt id. Nearly always it is one, so that one needs no list of its own. */
export class AttemptIndex<Message extends { metadata: Record<string, string> }> {
  readonly #byAttempt = new Map<string, Message | Message[]>();

  add(message: Message): void {
    const attempt = message.metadata[ATTEMPT_KEY];
    if (attempt === undefined) return;
    const known = this.#byAttempt.get(attempt);
    if (Array.isArray(known)) known.push(message);
    else this.#byAttempt.set(attempt, known ? [known, message] : message);
  }

  /** Oldest first. */
  of(attempt: string): readonly Message[] {
    const known = this.#byAttempt.get(attempt) ?? [];
    return Array.isArray(known) ? known : [known];
  }

  copies(): Map<string, number> {
    return new Map([...this.#byAttempt.keys()].map(attempt => [attempt, this.of(attempt).length]));
  }

  clear(): void {
    this.#byAttempt.clear();
  }
}
