import { randomUUID } from 'node:crypto';
import type { FaultBook } from '../faults.ts';
import { Fifo } from '../fifo.ts';
import type { Settings } from '../settings.ts';
import type { Payload, RecordType } from './payloads.ts';
import { type Connections, closeConnections, openConnections, post } from './request.ts';

/** Minutes between the tries of one event; afterwards it is given up. */
const RETRY_MINUTES = [1, 5, 15, 1, 5, 10, 10, 10, 15] as const;

interface Event {
  recordType: RecordType;
  payload: Payload;
  traceId: string;
  /** Retries made so far. */
  retries: number;
}

interface Receiver {
  url: string;
  authorization: string | null;
}

/** What became of the events so far. */
export interface WebhookCounts {
  queued: number;
  active: number;
  waitingForRetry: number;
  delivered: number;
  /** Refused with a status that is not retried, or out of retries. */
  givenUp: number;
}

/** Posts events one by one to the receiver: bounded concurrency, at least once, in no promised order. */
export class WebhookPoster {
  readonly #settings: Settings;
  readonly #faults: FaultBook;
  readonly #connections: Connections;
  readonly #queue = new Fifo<Event>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #receiver: Receiver | null = null;
  #active = 0;
  #delivered = 0;
  #givenUp = 0;
  #era = 0;

  constructor(settings: Settings, faults: FaultBook) {
    this.#settings = settings;
    this.#faults = faults;
    this.#connections = openConnections(settings.webhookConcurrency);
  }

  /** Chooses the receiver; credentials may also stand in the address. Null: events go nowhere. */
  setReceiver(url: string | null, credentials?: { username: string; password: string }): void {
    this.#receiver = url === null ? null : readReceiver(url, credentials);
  }

  /** Queues an event; without a receiver it is gone, as with Postmark. */
  post(recordType: RecordType, payload: Payload): void {
    if (!this.#receiver) return;
    const fault = this.#faults.take(`webhook:${recordType}`, () => JSON.stringify(payload));
    if (fault?.kind === 'lose') return;
    const event = { recordType, payload, traceId: randomUUID(), retries: 0 };
    if (fault?.kind === 'slow') this.#later(event, fault.ms ?? 1000);
    else this.#queue.push(event);
    if (fault?.kind === 'duplicate') this.#queue.push({ ...event });
    this.#pump();
  }

  counts(): WebhookCounts {
    return {
      queued: this.#queue.length,
      active: this.#active,
      waitingForRetry: this.#timers.size,
      delivered: this.#delivered,
      givenUp: this.#givenUp,
    };
  }

  /** Forgets what waits; posts under way finish without a further try. */
  clear(): void {
    this.#era += 1;
    this.#queue.clear();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#delivered = 0;
    this.#givenUp = 0;
  }

  close(): void {
    this.clear();
    this.#receiver = null;
    closeConnections(this.#connections);
  }

  #pump(): void {
    while (this.#active < this.#settings.webhookConcurrency) {
      const event = this.#queue.shift();
      if (!event) return;
      this.#active += 1;
      void this.#tryOnce(event, this.#era);
    }
  }

  async #tryOnce(event: Event, era: number): Promise<void> {
    const status = this.#receiver ? await post(this.#connections, this.#request(this.#receiver, event)) : 0;
    this.#active -= 1;
    if (era === this.#era) this.#settle(event, status);
    this.#pump();
  }

  #settle(event: Event, status: number): void {
    const minutes = RETRY_MINUTES[event.retries];
    if (status >= 200 && status <= 299) this.#delivered += 1;
    else if (!isRetried(status) || minutes === undefined) this.#givenUp += 1;
    else this.#later({ ...event, retries: event.retries + 1 }, minutes * this.#settings.retryScale);
  }

  #later(event: Event, ms: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#queue.push(event);
      this.#pump();
    }, ms);
    this.#timers.add(timer);
  }

  #request({ url, authorization }: Receiver, event: Event) {
    const headers: Record<string, string> = {
      Accept: 'application/json',
      'Content-Type': 'application/json',
      'User-Agent': 'Postmark',
      'X-PM-Retries-Remaining': String(RETRY_MINUTES.length - event.retries),
      'X-PM-Webhook-Trace-Id': event.traceId,
      ...(authorization === null ? {} : { Authorization: authorization }),
    };
    return { url, headers, body: JSON.stringify(event.payload), timeoutMs: this.#settings.webhookTimeoutMs };
  }
}

function isRetried(status: number): boolean {
  return (
    status === 0 || status === 408 || status === 429 || status >= 500 || (status >= 300 && status <= 399)
  );
}

function readReceiver(address: string, given?: { username: string; password: string }): Receiver {
  const url = new URL(address);
  const inUrl = { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  const { username, password } = given ?? inUrl;
  url.username = '';
  url.password = '';
  const authorization =
    username === '' ? null : `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  return { url: url.href, authorization };
}
