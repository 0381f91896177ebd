import type { ProviderWebhook } from '../providers/provider.ts';

/** How the webhook of one stream is set up, as compared with what is needed. */
export interface WebhookStatus {
  stream: string;
  /** `right`, or what is amiss. */
  state: 'right' | 'missing' | 'incomplete' | 'no-stream';
  /** Everything amiss, each a sentence. */
  words: string[];
  /** Hosts of other webhooks on the stream, which are none of ours. */
  others: string[];
}

/** What a provider has. */
interface Found {
  streams: readonly string[];
  webhooks: readonly ProviderWebhook[];
}

/** The provider, and what it has to post. */
interface Needed {
  name: string;
  events: readonly string[];
}

/** Compares the webhooks of a stream with what is needed: one for `address` that posts everything. */
export function webhookStatus(
  stream: string,
  address: string,
  { streams, webhooks }: Found,
  needed: Needed,
): WebhookStatus {
  const here = webhooks.filter(webhook => webhook.stream === stream);
  const ours = webhooksAt(address, here);
  const others = here.filter(webhook => !ours.includes(webhook)).map(({ url }) => new URL(url).host);
  if (!streams.includes(stream)) {
    const words = [`${needed.name} has no stream ${stream}: mail on it is refused.`];
    return { stream, state: 'no-stream', words, others };
  }
  if (ours.length === 0) {
    const words = [
      'Nothing is posted to this address: what becomes of its mail stays unknown until the nightly reconciliation.',
    ];
    return { stream, state: 'missing', words, others };
  }
  const words = faultsOf(ours, needed);
  return { stream, state: words.length > 0 ? 'incomplete' : 'right', words, others };
}

/** Those that post to this address, however it is written. */
export function webhooksAt(address: string, webhooks: readonly ProviderWebhook[]): ProviderWebhook[] {
  return webhooks.filter(({ url }) => placeOf(url) === placeOf(address));
}

function faultsOf(ours: readonly ProviderWebhook[], { name, events: needed }: Needed): string[] {
  const reported = new Set(ours.filter(({ verified }) => verified).flatMap(({ events }) => events));
  const lacking = needed.filter(event => !reported.has(event));
  return [
    ...(ours.some(({ signsIn }) => !signsIn) ? ['It brings no password, so its reports are refused.'] : []),
    ...(ours.some(({ verified }) => !verified)
      ? [`${name} has not got a good answer and holds reports back.`]
      : []),
    ...(lacking.length > 0 && ours.every(({ verified }) => verified)
      ? [`It does not report: ${lacking.join(', ')}.`]
      : []),
    ...(ours.length > 1 ? [`There are ${ours.length} of them, and each report comes as often.`] : []),
  ];
}

// Without user and password, also where the query brings them, and with no regard to the slash at the end.
function placeOf(url: string): string {
  const { protocol, host, pathname, searchParams } = new URL(url);
  for (const name of ['user', 'password']) searchParams.delete(name);
  return `${protocol}//${host}${pathname.replace(/(?<!\/)\/+$/, '')}?${searchParams}`;
}
