import type { Provider } from '../../state/provider.ts';
import { TRIGGERS, type Trigger, type Webhook } from '../../store/webhooks.ts';
import { type Answer, ok, refuse } from '../answer.ts';
import { Fields, isObject } from '../fields.ts';
import { streamNotFound } from '../messages/streams.ts';
import type { Call } from '../routes.ts';
import { NO_WEBHOOK, readWebhook } from './webhook-fields.ts';
import { type Probing, probeAll, unverified } from './webhook-probes.ts';

const MOST_PER_STREAM = 10;

/** `GET /webhooks`: those of one stream, or of all. */
export function list(provider: Provider, { query }: Call): Answer {
  const wanted = query.text('MessageStream');
  const stream = wanted === undefined ? undefined : provider.streams.get(wanted);
  if (wanted !== undefined && !stream) return streamNotFound();
  const found = provider.hooks.list().filter(hook => !stream || hook.stream === stream.id);
  return ok({ Webhooks: found.map(show) });
}

/** `GET /webhooks/{id}` */
export function one(provider: Provider, { params }: Call): Answer {
  const webhook = findWebhook(provider, params[0]);
  return webhook ? ok(show(webhook)) : webhookNotFound();
}

/** `POST /webhooks`: probes the receiver once per enabled trigger and saves nothing when it does not answer 200. */
export async function create(provider: Provider, { body, query }: Call): Promise<Answer> {
  if (!isObject(body) || Object.keys(body).length === 0)
    return refuse(1355, 'No webhook data was submitted.');
  if (body.ID !== undefined) return refuse(1356, "An 'ID' cannot be chosen for a new webhook.");
  const fields = new Fields(body);
  const stream = provider.streams.get(fields.text('MessageStream') ?? 'outbound');
  if (!stream) return streamNotFound();
  if (stream.type === 'Inbound') return refuse(1351, 'An inbound stream cannot have webhooks.');
  if (stream.archivedAt !== null) return refuse(1350, 'An archived stream cannot have webhooks.');
  const wanted = readWebhook(fields, NO_WEBHOOK);
  if ('status' in wanted) return wanted;
  if (provider.hooks.list().filter(hook => hook.stream === stream.id).length >= MOST_PER_STREAM) {
    return refuse(1359, `A stream may have no more than ${MOST_PER_STREAM} webhooks.`);
  }
  const probing = await probe(provider, fields, query, null, { ...wanted, stream: stream.id });
  if (!probing.Success) return unverified(probing);
  return ok(show(provider.hooks.add(stream.id, wanted, probing.verified)));
}

/** `PUT /webhooks/{id}`: what is not named stays. All enabled triggers are probed again. */
export async function edit(provider: Provider, { params, body, query }: Call): Promise<Answer> {
  const webhook = findWebhook(provider, params[0]);
  if (!webhook) return webhookNotFound();
  if (!isObject(body) || Object.keys(body).length === 0)
    return refuse(1355, 'No webhook data was submitted.');
  if (body.ID !== undefined || body.MessageStream !== undefined) {
    return refuse(1357, "The 'ID' and the 'MessageStream' of a webhook cannot be changed.");
  }
  const fields = new Fields(body);
  const wanted = readWebhook(fields, webhook);
  if ('status' in wanted) return wanted;
  const probing = await probe(provider, fields, query, webhook.id, { ...wanted, stream: webhook.stream });
  if (!probing.Success) return unverified(probing);
  provider.hooks.edit(webhook.id, wanted, probing.verified);
  return ok(show(webhook));
}

/** `POST /webhooks/{id}/verify`: 200 whatever comes of it; a trigger that passes gets events from now on. */
export async function verify(provider: Provider, { params }: Call): Promise<Answer> {
  const webhook = findWebhook(provider, params[0]);
  if (!webhook) return webhookNotFound();
  const { verified, ...result } = await probeAll(provider, webhook.id, webhook);
  for (const { TriggerType, Success } of result.Results) if (!Success) webhook.verified.delete(TriggerType);
  for (const trigger of verified) webhook.verified.add(trigger);
  return ok(result);
}

/** `DELETE /webhooks/{id}` */
export function remove(provider: Provider, { params }: Call): Answer {
  const webhook = findWebhook(provider, params[0]);
  if (!webhook) return webhookNotFound();
  provider.hooks.remove(webhook.id);
  return ok({ ErrorCode: 0, Message: `Webhook ${webhook.id} removed.` });
}

export function findWebhook(provider: Provider, id = ''): Webhook | undefined {
  return /^\d{1,15}$/.test(id) ? provider.hooks.get(Number(id)) : undefined;
}

export function webhookNotFound(): Answer {
  return refuse(1352, 'The webhook you requested was not found.');
}

/** `Verify: false` saves unverified; one source puts it into the address instead, so both are taken. */
function probe(
  provider: Provider,
  fields: Fields,
  query: Call['query'],
  id: number | null,
  webhook: Parameters<typeof probeAll>[2],
): Promise<Probing> {
  const isWanted = fields.flag('Verify') !== false && query.flag('verify') !== false;
  if (isWanted) return probeAll(provider, id, webhook);
  return Promise.resolve({ Id: id, Url: webhook.url, Success: true, Results: [], Message: '', verified: [] });
}

function show(webhook: Webhook): Record<string, unknown> {
  const { id, url, stream, auth, headers, triggers, verified } = webhook;
  const isVerified = TRIGGERS.every(trigger => !triggers[trigger].enabled || verified.has(trigger));
  return {
    ID: id,
    Url: url,
    MessageStream: stream,
    Status: isVerified ? 'verified' : 'unverified',
    ...(auth ? { HttpAuth: { Username: auth.username, Password: auth.password } } : {}),
    HttpHeaders: headers,
    Triggers: Object.fromEntries(TRIGGERS.map(trigger => [trigger, showTrigger(webhook, trigger)])),
  };
}

function showTrigger({ triggers }: Webhook, trigger: Trigger): Record<string, boolean> {
  const { enabled, firstOpenOnly, includeContent } = triggers[trigger];
  return {
    Enabled: enabled,
    ...(trigger === 'Open' ? { PostFirstOpenOnly: firstOpenOnly } : {}),
    ...(trigger === 'Bounce' || trigger === 'SpamComplaint' ? { IncludeContent: includeContent } : {}),
  };
}
