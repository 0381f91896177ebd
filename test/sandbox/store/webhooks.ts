import type { Clock } from '../state/clock.ts';
import type { Payload, RecordType } from '../webhooks/payloads.ts';
import { splitCredentials, type Target, type Try } from '../webhooks/target.ts';
import { WebhookStatistics } from './webhook-statistics.ts';

export const TRIGGERS = [
  'Open',
  'Click',
  'Delivery',
  'Bounce',
  'SpamComplaint',
  'SubscriptionChange',
] as const;
export type Trigger = (typeof TRIGGERS)[number];

/** How a webhook wants one kind of event; the options count for some kinds only. */
export interface TriggerChoice {
  enabled: boolean;
  firstOpenOnly: boolean;
  includeContent: boolean;
}

/** What a caller may set about a webhook. */
export interface WebhookFields {
  url: string;
  auth: { username: string; password: string } | null;
  headers: readonly { Name: string; Value: string }[];
  triggers: Readonly<Record<Trigger, TriggerChoice>>;
}

/** A webhook as configured over the API, one stream's. */
export interface Webhook extends WebhookFields {
  readonly id: number;
  readonly stream: string;
  /** Kinds whose probe was answered with 200; the others get no events. */
  readonly verified: Set<Trigger>;
  readonly statistics: WebhookStatistics;
}

interface Entry {
  webhook: Webhook;
  target: { -readonly [K in keyof Target]: Target[K] };
  /** Events given up in a row, by kind. */
  failures: Map<Trigger, number>;
}

/** The webhooks of a server. */
export class WebhookStore {
  readonly #entries = new Map<number, Entry>();
  readonly #clock: Clock;
  readonly #pauseAfter: number;
  #nextId = 100_001;

  /** `pauseAfter`: events given up in a row until a kind counts as unverified; Infinity: never. */
  constructor(clock: Clock, pauseAfter: number) {
    this.#clock = clock;
    this.#pauseAfter = pauseAfter;
  }

  add(stream: string, fields: WebhookFields, verified: Iterable<Trigger>): Webhook {
    const id = this.#nextId++;
    const webhook = {
      ...fields,
      id,
      stream,
      verified: new Set(verified),
      statistics: new WebhookStatistics(),
    };
    const entry: Entry = { webhook, target: targetOf(webhook), failures: new Map() };
    entry.target.onTry = outcome => this.#note(entry, outcome);
    this.#entries.set(id, entry);
    return webhook;
  }

  edit(id: number, fields: WebhookFields, verified: Iterable<Trigger>): void {
    const entry = this.#entries.get(id);
    if (!entry) return;
    Object.assign(entry.webhook, fields, { verified: new Set(verified) });
    Object.assign(entry.target, addressOf(entry.webhook));
  }

  /** What still waits for it is given up. */
  remove(id: number): boolean {
    const entry = this.#entries.get(id);
    if (entry) entry.target.url = null;
    return this.#entries.delete(id);
  }

  get(id: number): Webhook | undefined {
    return this.#entries.get(id)?.webhook;
  }

  list(): Webhook[] {
    return [...this.#entries.values()].map(({ webhook }) => webhook);
  }

  /** Who wants an event, each with the payload in the form it asked for. */
  deliveriesOf(recordType: RecordType, payload: Payload): { target: Target; payload: Payload }[] {
    const deliveries: { target: Target; payload: Payload }[] = [];
    for (const { webhook, target } of this.#entries.values()) {
      if (webhook.stream !== payload.MessageStream || !webhook.verified.has(recordType)) continue;
      const shaped = shape(webhook.triggers[recordType], payload);
      if (shaped) deliveries.push({ target, payload: shaped });
    }
    return deliveries;
  }

  clear(): void {
    for (const id of [...this.#entries.keys()]) this.remove(id);
  }

  #note({ webhook, failures }: Entry, outcome: Try): void {
    if (outcome.recordType === 'Inbound') return;
    webhook.statistics.note(outcome.recordType, outcome, this.#clock.now());
    if (outcome.result === 'retry') return;
    const run = outcome.result === 'failed' ? (failures.get(outcome.recordType) ?? 0) + 1 : 0;
    failures.set(outcome.recordType, run);
    if (run >= this.#pauseAfter) webhook.verified.delete(outcome.recordType);
  }
}

/** The payload under a webhook's options; null when it does not want this one. */
export function shape(choice: TriggerChoice, payload: Payload): Payload | null {
  if (!choice.enabled || (choice.firstOpenOnly && payload.FirstOpen === false)) return null;
  if (choice.includeContent || !('Content' in payload)) return payload;
  const { Content, ...rest } = payload;
  return rest;
}

function targetOf(webhook: Webhook): Target {
  return addressOf(webhook);
}

/** HttpAuth counts before credentials in the address; which of them wins is not documented. */
export function addressOf({ url, auth, headers }: WebhookFields): Pick<Target, 'url' | 'headers'> {
  const split = splitCredentials(url, auth ?? undefined);
  const own = Object.fromEntries(headers.map(({ Name, Value }) => [Name, Value]));
  return { url: split.url, headers: { ...own, ...split.headers } };
}
