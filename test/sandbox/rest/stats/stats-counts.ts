import type { Provider } from '../../state/provider.ts';
import type { CapturedMessage } from '../../store/messages.ts';
import type { TrackingEvent, TrackingEventStore } from '../../store/tracking-events.ts';
import type { Count } from './stats-days.ts';
import type { StatsFilter } from './stats-filter.ts';

/** `Sent` per recipient of what was not turned down. */
export function* countSent(provider: Provider, filter: StatsFilter): Iterable<Count> {
  for (const message of sent(provider, filter)) {
    yield { at: message.receivedAt, key: 'Sent', count: message.recipients.length };
  }
}

/** `Tracked` per recipient; in detail also by kind of tracking, and the links. */
export function* countTracked(provider: Provider, filter: StatsFilter, inDetail = false): Iterable<Count> {
  for (const { receivedAt: at, recipients, trackOpens, trackLinks, trackedLinks = 0 } of sent(
    provider,
    filter,
  )) {
    const count = recipients.length;
    const hasLinks = trackLinks !== 'None';
    if (trackOpens || hasLinks) yield { at, key: 'Tracked', count };
    if (!inDetail) continue;
    if (trackOpens) yield { at, key: 'WithOpenTracking', count };
    if (hasLinks) yield { at, key: 'WithLinkTracking', count };
    if (hasLinks) yield { at, key: 'TotalTrackedLinksSent', count: count * trackedLinks };
  }
}

/** One per bounce or complaint, by its type. */
export function* countBounces(provider: Provider, filter: StatsFilter): Iterable<Count> {
  for (const { bouncedAt, stream, tag, type } of provider.bounces.all()) {
    if (isWithin(filter, bouncedAt, stream, tag)) yield { at: bouncedAt, key: type.type, count: 1 };
  }
}

export function countOpens(
  provider: Provider,
  filter: StatsFilter,
  keys: (event: TrackingEvent) => string[],
) {
  return countEvents(provider.opens, filter, keys);
}

export function countClicks(
  provider: Provider,
  filter: StatsFilter,
  keys: (event: TrackingEvent) => string[],
) {
  return countEvents(provider.clicks, filter, keys);
}

function* countEvents(
  store: TrackingEventStore,
  filter: StatsFilter,
  keys: (event: TrackingEvent) => string[],
): Iterable<Count> {
  for (const event of store.all()) {
    if (!isWithin(filter, event.at, event.message.stream, event.message.tag)) continue;
    for (const key of keys(event)) yield { at: event.at, key, count: 1 };
  }
}

function* sent(provider: Provider, filter: StatsFilter): Iterable<CapturedMessage> {
  for (const message of provider.messages.all()) {
    const { receivedAt, stream, tag, refused } = message;
    if (!refused && isWithin(filter, receivedAt, stream, tag)) yield message;
  }
}

function isWithin(filter: StatsFilter, at: number, stream: string, tag: string): boolean {
  if (filter.stream !== undefined && filter.stream !== stream) return false;
  if (filter.tag !== undefined && filter.tag !== tag) return false;
  return at >= filter.since && at <= filter.until;
}
