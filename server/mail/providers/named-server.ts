import type { ProviderAccount } from './account.ts';
import type { ProviderEvent } from './event.ts';
import type { Lookup, Provider, ProviderLists, ProviderWebhooks } from './provider.ts';
import type { Transport } from './transport.ts';

/**
 * The same provider as one of several servers. Two servers have streams of the same name, which share neither bounces
 * nor suppressions: to the rest of the module those of this one are `name/stream`, and its transports `name-api` and so
 * on. What the provider itself is told and tells has the names it knows.
 */
export function namedServer(provider: Provider, name: string): Provider {
  const streams = streamNames(name);
  const transportName = (common: string) => common.replace(`${provider.key}-`, `${name}-`);
  const known = new Set(provider.transports.map(transport => transport.name));
  const { lookup, events, lists, webhooks, account } = provider;
  return {
    ...provider,
    key: name,
    name: `${provider.name} (${name})`,
    transports: provider.transports.map(one => ({
      ...withStreams(one, streams),
      name: transportName(one.name),
    })),
    names: {
      transport: common => (known.has(common) ? transportName(common) : null),
      stream: common => (streams.owns(common) ? common : streams.qualified(common)),
      owns: streams.owns,
    },
    ...(lookup && { lookup: lookupOf(lookup, streams) }),
    ...(events && {
      events: { ...events, read: (posted, at) => streams.ofEvent(events.read(posted, at)) },
    }),
    ...(lists && { lists: listsOf(lists, streams) }),
    ...(webhooks && {
      webhooks: { ...webhooksOf(webhooks, streams), transport: transportName(webhooks.transport) },
    }),
    ...(account && { account: accountOf(account, streams) }),
  };
}

/** How the streams of one server are called in the module and at the provider. */
interface StreamNames {
  qualified(stream: string): string;
  plain(stream: string): string;
  owns(stream: string): boolean;
  ofEvent(event: ProviderEvent): ProviderEvent;
}

function streamNames(server: string): StreamNames {
  // No stream's own name has a slash in it.
  const prefix = `${server}/`;
  const qualified = (stream: string) => prefix + stream;
  return {
    qualified,
    plain: stream => (stream.startsWith(prefix) ? stream.slice(prefix.length) : stream),
    owns: stream => stream.startsWith(prefix),
    ofEvent: event => ({ ...event, stream: event.stream && qualified(event.stream) }),
  };
}

function withStreams(transport: Transport, { plain }: StreamNames): Transport {
  return {
    ...transport,
    send: (envelopes, startWithinMs) =>
      transport.send(
        envelopes.map(envelope => ({ ...envelope, stream: plain(envelope.stream) })),
        startWithinMs,
      ),
  };
}

function lookupOf(lookup: Lookup, { plain }: StreamNames): Lookup {
  return ({ stream, ...attempt }) => lookup({ ...attempt, stream: plain(stream) });
}

function listsOf(lists: ProviderLists, streams: StreamNames): ProviderLists {
  const { qualified, plain, ofEvent } = streams;
  const { suppress } = lists;
  return {
    ...(lists.patient && { patient: patience => listsOf(lists.patient?.(patience) ?? lists, streams) }),
    streams: async options => (await lists.streams(options)).map(qualified),
    async *bounces(stream, from, to) {
      for await (const page of lists.bounces(plain(stream), from, to))
        yield { ...page, events: page.events.map(ofEvent) };
    },
    attemptOf: id => lists.attemptOf(id),
    counts: (stream, day) => lists.counts(plain(stream), day),
    suppressions: stream => lists.suppressions(plain(stream)),
    suppression(stream, listed, at) {
      const event = lists.suppression(plain(stream), listed, at);
      return event && ofEvent(event);
    },
    reactivation: (stream, address, at) => ofEvent(lists.reactivation(plain(stream), address, at)),
    cannotLift: suppression => lists.cannotLift(suppression),
    reactivate: (stream, address) => lists.reactivate(plain(stream), address),
    ...(suppress && { suppress: (stream, address) => suppress(plain(stream), address) }),
    describeSuppression: suppression => lists.describeSuppression(suppression),
  };
}

function webhooksOf(webhooks: ProviderWebhooks, { qualified, plain }: StreamNames): ProviderWebhooks {
  return {
    ...webhooks,
    list: async () =>
      (await webhooks.list()).map(webhook => ({ ...webhook, stream: qualified(webhook.stream) })),
    save: settings => webhooks.save({ ...settings, stream: plain(settings.stream) }),
  };
}

function accountOf(account: ProviderAccount, { qualified }: StreamNames): ProviderAccount {
  return {
    ...account,
    async read() {
      const reading = await account.read();
      if (reading.kind !== 'open') return reading;
      const streams = reading.account.streams.map(one => ({ ...one, name: qualified(one.name) }));
      return { kind: 'open', account: { ...reading.account, streams } };
    },
  };
}
