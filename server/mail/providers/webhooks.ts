/** What the provider is to report, in its own words. */
export const webhookEvents = [
  'Delivery',
  'Bounce',
  'SpamComplaint',
  'Open',
  'Click',
  'SubscriptionChange',
] as const;

/** One of {@link webhookEvents}. */
export type WebhookEvent = (typeof webhookEvents)[number];

/** Where the provider posts its reports of a stream, without the password. */
export interface ProviderWebhook {
  id: number;
  stream: string;
  /** May hold a user and password: not to be shown. */
  url: string;
  /** True when it brings a user and password along. */
  signsIn: boolean;
  /** False when the provider posts nothing for want of a good answer. */
  verified: boolean;
  events: readonly WebhookEvent[];
}

/** A webhook to be made, or with an id changed; it reports every one of {@link webhookEvents}. */
export interface WebhookSettings {
  id: number | null;
  stream: string;
  url: string;
  user: string;
  password: string;
}

/** What became of a change; refused, in plain words, it was certainly not made. */
export type WebhookOutcome = { kind: 'done' } | { kind: 'refused'; answer: string };

/** The provider's list of webhooks. */
export interface ProviderWebhooks {
  /** Of all streams. */
  list(): Promise<ProviderWebhook[]>;
  /** Rejects where it is not known what became of it. */
  save(settings: WebhookSettings): Promise<WebhookOutcome>;
}
