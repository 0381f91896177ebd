import { randomUUID } from 'node:crypto';
import pLimit, { type LimitFunction } from 'p-limit';
import type { FaultPlan } from '../faults/faults.ts';
import type { Settings } from '../settings.ts';
import type { Clock } from '../state/clock.ts';
import { PendingTasks } from '../state/pending-tasks.ts';
import type { ServerObject } from '../state/server-object.ts';
import { shape, type TriggerChoice, type WebhookStore } from '../store/webhooks.ts';
import type { Payload, RecordType } from './payloads.ts';
import { ReorderBuffer } from './reorder-buffer.ts';
import { type Connections, closeConnections, openConnections, type Post, post } from './request.ts';
import { INBOUND_RETRIES, outboundRetries, type RetrySchedule } from './retry-schedule.ts';
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
  readonly #faults: FaultPlan;
  readonly #hooks: WebhookStore;
  readonly #server: ServerObject;
  readonly #connections: Connections;
  /** Lets so many posts be under way at a time; the others queue. */
  readonly #limit: LimitFunction;
  readonly #held: ReorderBuffer<Event>;
  /** The tries that wait for their time. */
  readonly #waiting: PendingTasks;
  readonly #receiver: Receiver = { url: null, headers: {} };
  #delivered = 0;
  #givenUp = 0;
  #generation = 0;
  #lastNumber = 0;

  constructor(
    settings: Settings,
    clock: Clock,
    faults: FaultPlan,
    hooks: WebhookStore,
    server: ServerObject,
  ) {
    this.#settings = settings;
    this.#waiting = new PendingTasks(clock);
    this.#limit = pLimit(settings.webhookConcurrency);
    this.#held = new ReorderBuffer(clock, event => this.#enqueue(event));
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
    for (const delivery of this.#hooks.deliveriesOf(recordType, payload)) {
      this.send(delivery.target, recordType, delivery.payload);
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
    this.#generation += 1;
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
    const generation = this.#generation;
    void this.#limit(() => this.#tryOnce(event, generation));
  }

  async #tryOnce(event: Event, generation: number): Promise<void> {
    const startedAt = performance.now();
    const request = this.#request(event);
    const status = request ? await post(this.#connections, request) : 0;
    if (generation === this.#generation) this.#settle(event, status, performance.now() - startedAt);
    this.#held.passed(event);
  }

  #settle(event: Event, status: number, ms: number): void {
    const { target, recordType, retries } = event;
    const schedule = this.#schedule(event);
    const verdict = schedule.judge(status);
    const minutes = target.url === null ? undefined : schedule.minutes[retries];
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

  #schedule({ recordType }: Event): RetrySchedule {
    return recordType === 'Inbound' ? INBOUND_RETRIES : outboundRetries(this.#settings.variants, recordType);
  }

  /** Null when nobody listens any more. */
  #request(event: Event): Post | null {
    const { target, payload, traceId, retries } = event;
    if (target.url === null) return null;
    const headers: Record<string, string> = {
      ...target.headers,
      ...COMMON,
      'X-PM-Retries-Remaining': String(this.#schedule(event).minutes.length - retries),
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
