import type { Provider } from '../state/provider.ts';
import type { WebhookCounts } from '../webhooks/poster.ts';

/** The state of a sandbox in figures. */
export interface Summary {
  accepted: number;
  /** Accepted messages by stream. */
  byStream: Record<string, number>;
  /** Steps in the lives of messages by type: Delivered, Bounced, Opened ... */
  events: Record<string, number>;
  /** Distinct attempt ids, and how many of them came more than once. */
  attempts: number;
  attemptsWithCopies: number;
  /** SMTP messages taken and lost without trace. */
  lost: number;
  /** SMTP messages taken and then turned down. */
  refused: number;
  bounces: number;
  suppressions: number;
  webhooks: WebhookCounts;
  faultsPlanned: number;
  faultsTriggered: number;
}

export function summarise(provider: Provider): Summary {
  const byStream: Record<string, number> = {};
  const events: Record<string, number> = {};
  let refused = 0;
  for (const message of provider.messages.all()) {
    byStream[message.stream] = (byStream[message.stream] ?? 0) + 1;
    for (const { type } of message.events) events[type] = (events[type] ?? 0) + 1;
    if (message.refused) refused += 1;
  }
  const copies = [...provider.messages.copiesByAttempt().values()];
  return {
    accepted: provider.messages.count,
    byStream,
    events,
    attempts: copies.length,
    attemptsWithCopies: copies.filter(count => count > 1).length,
    lost: provider.lost,
    refused,
    bounces: provider.bounces.all().length,
    suppressions: provider.suppressions.count,
    webhooks: provider.webhooks.counts(),
    faultsPlanned: provider.faults.list().length,
    faultsTriggered: provider.faults.triggered,
  };
}
