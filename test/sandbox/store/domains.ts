import { randomBytes } from 'node:crypto';
import type { DnsZone } from './dns.ts';

/** Where a return path must point, and the SPF record that is proposed. */
export const RETURN_PATH_VALUE = 'pm.mtasv.net';
export const SPF_VALUE = 'v=spf1 a mx include:spf.mtasv.net ~all';

/** A public key under the name at which it must be published. */
export interface DkimKey {
  host: string;
  text: string;
}

/** A domain that mail may be sent from. */
export interface Domain {
  readonly id: number;
  /** Lower case. */
  readonly name: string;
  /** Empty when none was chosen. */
  returnPath: string;
  returnPathVerified: boolean;
  spfVerified: boolean;
  /** The key in use; null until the first one was found in DNS. */
  dkim: DkimKey | null;
  /** The key to be published next. */
  pending: DkimKey | null;
  /** The key before the one in use. */
  revoked: DkimKey | null;
}

/** The domains of an account. */
export class DomainStore {
  readonly #domains = new Map<number, Domain>();
  readonly #dns: DnsZone;
  #nextId = 36_735_001;
  #keys = 0;

  constructor(dns: DnsZone) {
    this.#dns = dns;
  }

  /** A new domain waits for its first key to be published. */
  add(name: string, returnPath = ''): Domain {
    const domain: Domain = {
      id: this.#nextId++,
      name,
      returnPath,
      returnPathVerified: false,
      spfVerified: false,
      dkim: null,
      pending: this.#newKey(name),
      revoked: null,
    };
    this.#domains.set(domain.id, domain);
    return domain;
  }

  get(id: number): Domain | undefined {
    return this.#domains.get(id);
  }

  named(name: string): Domain | undefined {
    return this.list().find(domain => domain.name === name.toLowerCase());
  }

  list(): Domain[] {
    return [...this.#domains.values()];
  }

  remove(id: number): boolean {
    return this.#domains.delete(id);
  }

  /** Looks for the pending key; once it is published it takes the place of the one in use. */
  verifyDkim(domain: Domain): void {
    const { pending, dkim } = domain;
    if (!pending || !this.#dns.has(pending.host, pending.text)) return;
    Object.assign(domain, { dkim: pending, pending: null, revoked: dkim });
  }

  verifyReturnPath(domain: Domain): void {
    domain.returnPathVerified =
      domain.returnPath !== '' && this.#dns.has(domain.returnPath, RETURN_PATH_VALUE);
  }

  /** Makes a key to be published next; false when one is waiting already. */
  rotateDkim(domain: Domain): boolean {
    if (domain.pending) return false;
    domain.pending = this.#newKey(domain.name);
    return true;
  }

  #newKey(name: string): DkimKey {
    this.#keys += 1;
    const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
    const host = `${day}${String(this.#keys).padStart(6, '0')}pm._domainkey.${name}`;
    return { host, text: `k=rsa;p=${randomBytes(162).toString('base64')}` };
  }
}
