import { measureAgenda } from './agenda.ts';
import type { Bench } from './bench.ts';
import { measureCampaign } from './campaign.ts';
import { measureLanes } from './lanes.ts';
import type { Result } from './report.ts';
import { measureSend } from './send.ts';
import { measureWebhooks } from './webhooks.ts';

/** What can be measured, by name. */
export const parts: Readonly<Record<string, (bench: Bench) => Promise<Result[]>>> = {
  campaign: measureCampaign,
  send: measureSend,
  lanes: measureLanes,
  agenda: measureAgenda,
  webhooks: measureWebhooks,
};
