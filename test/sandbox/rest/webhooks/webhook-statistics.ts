import type { Provider } from '../../state/provider.ts';
import { stamp } from '../../state/timestamps.ts';
import type { Sums } from '../../store/webhook-statistics.ts';
import { TRIGGERS } from '../../store/webhooks.ts';
import { type Answer, ok } from '../answer.ts';
import type { Call } from '../routes.ts';
import { findWebhook, webhookNotFound } from './webhooks.ts';

const HOURS = 24;

/** `GET /webhooks/{id}/statistics`: the last 24 hours. */
export function statistics(provider: Provider, { params }: Call): Answer {
  const webhook = findWebhook(provider, params[0]);
  if (!webhook) return webhookNotFound();
  const now = provider.clock.now();
  const enabled = TRIGGERS.filter(trigger => webhook.triggers[trigger].enabled);
  return ok({
    WebhookId: webhook.id,
    ServerId: provider.server.ID,
    MessageStreamId: webhook.stream,
    Url: webhook.url,
    Statuses: Object.fromEntries(
      enabled.map(trigger => [trigger, webhook.verified.has(trigger) ? 'verified' : 'unverified']),
    ),
    TimeRange: { StartTime: stamp(now - HOURS * 3_600_000), EndTime: stamp(now), Hours: HOURS },
    Metrics: show(webhook.statistics.sums(now)),
    MetricsByTrigger: Object.fromEntries(
      enabled.map(trigger => [trigger, show(webhook.statistics.sums(now, trigger))]),
    ),
  });
}

/** The rate is a percentage of the events that came to an end; averages without a try are null. */
function show(sums: Sums): Record<string, number | null> {
  const ended = sums.successes + sums.failures;
  return {
    TotalRequests: sums.requests,
    SuccessCount: sums.successes,
    FailureCount: sums.failures,
    RetryCount: sums.retries,
    SuccessRate: ended === 0 ? 0 : Math.round((sums.successes / ended) * 10_000) / 100,
    SlowCount: sums.slow,
    VerySlowCount: sums.verySlow,
    AverageTerminalResponseTimeMs: ended === 0 ? null : Math.round(sums.terminalMs / ended),
    AverageRetryResponseTimeMs: sums.retries === 0 ? null : Math.round(sums.retryMs / sums.retries),
  };
}
