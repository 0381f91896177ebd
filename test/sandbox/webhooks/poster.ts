import { randomUUID } from 'node:crypto';
import pLimit, { type LimitFunction } from 'p-limit';
import type { Clock } from '../clock.ts';
import type { FaultBook } from '../faults.ts';
import { PendingTasks } from '../pending-tasks.ts';
import type { ServerObject } from '../server-object.ts';
import type { Settings } from '../settings.ts';
import { shape, type TriggerChoice, type WebhookStore } from '../store/webhooks.ts';
import { HeldBack } from './held-back.ts';
import { INBOUND_LADDER, type Ladder, outboundLadder } from './ladder.ts';
import type { Payload, RecordType } from './payloads.ts';
import { type Connections, closeConnections, openConnections, type Post, post } from './request.ts';
import { type PostedType, splitCredentials, type Target } from './target.ts';

const COMMON = { Accept: 'application/json', 'Content-Type': 'application/json', 'User-Agent': 'Postmark' };

interface Event {
  /** Counts up in the order in which events happened. */
  number: number;
  recordType: PostedType;
  target: Target;
  payload: Payload;
  traceId: string;
  /** Retries made so far. */
  retries: number;
}

/** The receiver named from code: every event of every stream goes there. */
interface Receiver extends Target {
  url: string | null;
  headers: Record<string, string>;
}

/** What became of the events so far. */
export interface WebhookCounts {
  queued: number;
  active: number;
  /** Events that wait for another try, or are held back by a fault. */
  waitingForRetry: number;
  delivered: number;
  /** Refused with a status that is not retried, or out of retries. */
  givenUp: number;
}

/** Posts events one by one to the receiver: bounded concurrency, at least once, in no promised order. */
export class WebhookPoster {
  readonly #settings: Settings;
  readonly #faults: FaultBook;
  readonly #hooks: WebhookStore;
  readonly #server: ServerObject;
  readonly #connections: Connections;
  /** Lets so many posts be under way at a time; the others queue. */
  readonly #limit: LimitFunction;
  readonly #held: HeldBack<Event>;
  /** The tries that wait for their time. */
  readonly #waiting: PendingTasks;
  readonly #receiver: Receiver = { url: null, headers: {} };
  #delivered = 0;
  #givenUp = 0;
  #era = 0;
  #lastNumber = 0;

  constructor(
    settings: Settings,
    clock: Clock,
    faults: FaultBook,
    hooks: WebhookStore,
    server: ServerObject,
  ) {
    this.#settings = settings;
    this.#waiting = new PendingTasks(clock);
    this.#limit = pLimit(settings.webhookConcurrency);
    this.#held = new HeldBack(clock, event => this.#enqueue(event));
    this.#faults = faults;
    this.#hooks = hooks;
    this.#server = server;
    this.#connections = openConnections(settings.webhookConcurrency);
  }

  /** Chooses the receiver; credentials may also stand in the address. Null: events go nowhere. */
  setReceiver(url: string | null, credentials?: { username: string; password: string }): void {
    Object.assign(this.#receiver, url === null ? { url, headers: {} } : splitCredentials(url, credentials));
  }

  /** Queues an event for all who want it; without a receiver it is gone, as with Postmark. */
  post(recordType: RecordType, payload: Payload): void {
    const shaped = this.#receiver.url === null ? null : shape(this.#receiverChoice(), payload);
    if (shaped) this.send(this.#receiver, recordType, shaped);
    for (const wish of this.#hooks.wishes(recordType, payload)) {
      this.send(wish.target, recordType, wish.payload);
    }
  }

  /** Queues one payload for one receiver. */
  send(target: Target, recordType: PostedType, payload: Payload): void {
    const fault = this.#faults.take(`webhook:${recordType}`, () => JSON.stringify(payload));
    if (fault?.kind === 'lose') return;
    this.#lastNumber += 1;
    const number = this.#lastNumber;
    const event: Event = { number, recordType, target, payload, traceId: randomUUID(), retries: 0 };
    if (fault?.kind === 'slow') this.#later(event, fault.ms ?? 1000);
    else if (fault?.kind === 'reorder') this.#held.hold(event, fault.ms ?? 1000);
    else this.#enqueue(event);
    if (fault?.kind === 'duplicate') this.#enqueue({ ...event });
  }

  /** Posts once, outside the queue; the HTTP status, or 0 when the receiver could not be reached in time. */
  probe(url: string, headers: Record<string, string>, payload: Payload): Promise<number> {
    const { webhookTimeoutMs: timeoutMs } = this.#settings;
    return post(this.#connections, {
      url,
      headers: { ...headers, ...COMMON },
      body: JSON.stringify(payload),
      timeoutMs,
    });
  }

  counts(): WebhookCounts {
    return {
      queued: this.#limit.pendingCount,
      active: this.#limit.activeCount,
      waitingForRetry: this.#waiting.size + this.#held.size,
      delivered: this.#delivered,
      givenUp: this.#givenUp,
    };
  }

  /** Forgets what waits; posts under way finish without a further try. */
  clear(): void {
    this.#era += 1;
    this.#limit.clearQueue();
    this.#waiting.clear();
    this.#held.clear();
    this.#delivered = 0;
    this.#givenUp = 0;
  }

  close(): void {
    this.clear();
    this.setReceiver(null);
    closeConnections(this.#connections);
  }

  /** The older settings of the server count for the receiver named from code. */
  #receiverChoice(): TriggerChoice {
    const { PostFirstOpenOnly, IncludeBounceContentInHook } = this.#server;
    return { enabled: true, firstOpenOnly: PostFirstOpenOnly, includeContent: IncludeBounceContentInHook };
  }

  #enqueue(event: Event): void {
    const era = this.#era;
    void this.#limit(() => this.#tryOnce(event, era));
  }

  async #tryOnce(event: Event, era: number): Promise<void> {
    const startedAt = performance.now();
    const request = this.#request(event);
    const status = request ? await post(this.#connections, request) : 0;
    if (era === this.#era) this.#settle(event, status, performance.now() - startedAt);
    this.#held.passed(event);
  }

  #settle(event: Event, status: number, ms: number): void {
    const { target, recordType, retries } = event;
    const ladder = this.#ladder(event);
    const verdict = ladder.judge(status);
    const minutes = target.url === null ? undefined : ladder.minutes[retries];
    const result =
      verdict === 'retry' && minutes !== undefined ? 'retry' : verdict === 'taken' ? 'taken' : 'failed';
    target.onTry?.({ recordType, status, ms, result });
    if (result === 'taken') this.#delivered += 1;
    else if (result === 'failed') this.#givenUp += 1;
    else this.#later({ ...event, retries: retries + 1 }, (minutes ?? 0) * this.#settings.retryScale);
  }

  #later(event: Event, ms: number): void {
    this.#waiting.later(ms, () => this.#enqueue(event));
  }

  #ladder({ recordType }: Event): Ladder {
    return recordType === 'Inbound' ? INBOUND_LADDER : outboundLadder(this.#settings.variants, recordType);
  }

  /** Null when nobody listens any more. */
  #request(event: Event): Post | null {
    const { target, payload, traceId, retries } = event;
    if (target.url === null) return null;
    const headers: Record<string, string> = {
      ...target.headers,
      ...COMMON,
      'X-PM-Retries-Remaining': String(this.#ladder(event).minutes.length - retries),
      ...(this.#settings.variants.traceId === 'sent' && { 'X-PM-Webhook-Trace-Id': traceId }),
    };
    return {
      url: target.url,
      headers,
      body: JSON.stringify(payload),
      timeoutMs: this.#settings.webhookTimeoutMs,
    };
  }
}
