import { randomUUID } from 'node:crypto';
import type { Provider } from '../../state/provider.ts';
import { addressOf, shape, TRIGGERS, type Trigger, type WebhookFields } from '../../store/webhooks.ts';
import { samplePayload } from '../../webhooks/sample-payloads.ts';
import type { Answer } from '../answer.ts';

/** What came of probing a webhook; `verified` are the triggers that passed. */
export interface Probing {
  /** Null before it is saved. */
  Id: number | null;
  Url: string;
  Success: boolean;
  Results: { TriggerType: Trigger; Success: boolean; StatusCode: number; Message: string }[];
  Message: string;
  verified: Trigger[];
}

/** Posts one made-up event per enabled trigger; each must be answered with exactly 200. */
export async function probeAll(
  provider: Provider,
  id: number | null,
  webhook: WebhookFields & { stream: string },
): Promise<Probing> {
  const enabled = TRIGGERS.filter(trigger => webhook.triggers[trigger].enabled);
  const results = await Promise.all(enabled.map(trigger => probeOne(provider, webhook, trigger)));
  const verified = results.filter(({ Success }) => Success).map(({ TriggerType }) => TriggerType);
  return {
    Id: id,
    Url: webhook.url,
    Success: verified.length === enabled.length,
    Results: results,
    Message: `${verified.length}/${enabled.length} triggers verified successfully`,
    verified,
  };
}

/** Code 1364 in the documented form: the result itself, without an ErrorCode, and the code in a header. */
export function unverified({ verified, ...result }: Probing): Answer {
  return { status: 422, body: result, errorCode: 1364 };
}

async function probeOne(
  provider: Provider,
  webhook: WebhookFields & { stream: string },
  trigger: Trigger,
): Promise<Probing['Results'][number]> {
  const { url, headers } = addressOf(webhook);
  const sample = samplePayload(trigger, provider.server.ID, webhook.stream, provider.clock.now());
  const payload = shape(webhook.triggers[trigger], sample) ?? sample;
  const traced = { ...headers, 'X-PM-Webhook-Trace-Id': randomUUID(), 'X-PM-Retries-Remaining': '0' };
  const StatusCode = await provider.webhooks.probe(url ?? '', traced, payload);
  const Success = StatusCode === 200;
  const Message =
    StatusCode === 0 ? 'The URL could not be reached.' : `The URL answered ${StatusCode}, not 200.`;
  return { TriggerType: trigger, Success, StatusCode, Message: Success ? 'OK' : Message };
}
