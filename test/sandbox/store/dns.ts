/** The DNS records that senders have published, as far as the sandbox's checks look at them. */
export class DnsZone {
  readonly #records = new Map<string, Set<string>>();

  /** Adds a TXT or CNAME record. */
  publish(host: string, value: string): void {
    const key = host.toLowerCase();
    this.#records.set(key, (this.#records.get(key) ?? new Set()).add(value));
  }

  /** Takes every record of a host away. */
  withdraw(host: string): void {
    this.#records.delete(host.toLowerCase());
  }

  has(host: string, value: string): boolean {
    return this.#records.get(host.toLowerCase())?.has(value) ?? false;
  }
}
