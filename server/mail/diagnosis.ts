// The module's parts that a diagnosis needs one by one, since it looks at a set-up in which the whole may not open.

export { type WebhookStatus, webhookStatus, webhooksAt } from './events/webhook-status.ts';
export type { AccountReading, OpenAccount, SenderReading } from './providers/account.ts';
export { connectionFault } from './providers/connection-fault.ts';
export type { Provider } from './providers/provider.ts';
export type { Providers } from './providers/providers.ts';
export type { Transport } from './providers/transport.ts';
export { type UnsubscribeFault, unsubscribeFaults } from './routing/unsubscribe-faults.ts';
export { withTimeout } from './shared/time.ts';
export { configuredPlaceholders, publishedPlaceholders } from './templates/index.ts';
export { routingOf } from './wiring.ts';
