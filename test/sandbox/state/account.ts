import { domainOf } from '../messages/addresses.ts';
import type { AccountState, Settings } from '../settings.ts';
import { DnsZone } from '../store/dns.ts';
import { DomainStore } from '../store/domains.ts';
import { RemovalStore } from '../store/removals.ts';
import { SenderStore } from '../store/senders.ts';
import type { Clock } from './clock.ts';
import type { ServerObject } from './server-object.ts';

/** What an account needs to know of a server. */
interface AccountServer {
  readonly server: ServerObject;
  readonly settings: Settings;
  readonly departures: { clear(): void };
  readonly webhooks: { close(): void };
}

/** The account that the servers of a sandbox belong to. */
export class ServerAccount<Server extends AccountServer> {
  readonly settings: Settings;
  readonly clock: Clock;
  /** The first one is the sandbox's own; it cannot be removed. */
  readonly servers: Server[] = [];
  /** How many servers there ever were. */
  opened = 0;
  readonly dns = new DnsZone();
  readonly domains = new DomainStore(this.dns);
  readonly senders = new SenderStore();
  readonly removals: RemovalStore;
  /** Whether it may send, and to whom. */
  state: AccountState;
  /** Opens a further server; set by the one who makes providers. */
  openServer: (token: string) => Server = () => {
    throw new Error('This account has no servers yet.');
  };

  constructor(settings: Settings, clock: Clock) {
    this.settings = settings;
    this.clock = clock;
    this.state = settings.accountState;
    this.removals = new RemovalStore(clock);
    for (const name of settings.verifiedDomains ?? []) this.#addVerified(name);
  }

  /** Removes a server with all that was on its way. */
  closeServer(provider: Server): void {
    provider.departures.clear();
    provider.webhooks.close();
    this.servers.splice(this.servers.indexOf(provider), 1);
  }

  server(id: number): Server | undefined {
    return this.servers.find(({ server }) => server.ID === id);
  }

  /** Tokens are compared without case. */
  serverByToken(token: string): Server | undefined {
    const wanted = token.toLowerCase();
    return this.servers.find(({ settings }) => settings.token.toLowerCase() === wanted);
  }

  /** Without verified domains among the settings anybody may; else the domain needs DKIM, or the address a signature. */
  maySendFrom(email: string): boolean {
    if (!this.settings.verifiedDomains) return true;
    const domain = this.domains.named(domainOf(email));
    return Boolean(domain?.dkim) || Boolean(this.senders.of(email)?.confirmed);
  }

  confirmSender(email: string): void {
    const sender = this.senders.of(email);
    if (!sender) throw new Error(`The sandbox has no sender signature for '${email}'.`);
    sender.confirmed = true;
  }

  #addVerified(name: string): void {
    const domain = this.domains.add(name);
    if (domain.pending) this.dns.publish(domain.pending.host, domain.pending.text);
    this.domains.verifyDkim(domain);
  }
}
