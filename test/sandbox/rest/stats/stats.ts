import type { Visitor } from '../../delivery/visitors.ts';
import type { Provider } from '../../state/provider.ts';
import { type Answer, ok } from '../answer.ts';
import type { Call, Handler } from '../routes.ts';
import { countBounces, countClicks, countOpens, countSent, countTracked } from './stats-counts.ts';
import { type Count, daily } from './stats-days.ts';
import { readStatsFilter, type StatsFilter } from './stats-filter.ts';

const BOUNCE_KEYS = ['HardBounce', 'SoftBounce', 'SMTPApiError', 'Transient'];
/** Bounce types that are no bounces of mail sent. */
const NOT_BOUNCED = ['SpamComplaint', 'SMTPApiError', 'InboundError', 'TemplateRenderingFailed'];

type Source = (provider: Provider, filter: StatsFilter) => Iterable<Count>;

/** `GET /stats/outbound/sends`: recipients, not messages. */
export const sends = perDay(countSent);
/** `GET /stats/outbound/bounces` */
export const bounces = perDay(function* (provider, filter) {
  for (const count of countBounces(provider, filter)) if (BOUNCE_KEYS.includes(count.key)) yield count;
});
/** `GET /stats/outbound/spam` */
export const spam = perDay(function* (provider, filter) {
  for (const count of countBounces(provider, filter)) if (count.key === 'SpamComplaint') yield count;
});
/** `GET /stats/outbound/tracked` */
export const tracked = perDay(countTracked);
/** `GET /stats/outbound/opens` */
export const opens = perDay((provider, filter) => countOpens(provider, filter, allAndUnique('Opens')));
/** `GET /stats/outbound/opens/platforms` */
export const openPlatforms = perDay((provider, filter) => countOpens(provider, filter, firstBy(platformOf)));
/** `GET /stats/outbound/opens/emailclients` */
export const openClients = perDay((provider, filter) =>
  countOpens(
    provider,
    filter,
    firstBy(({ client }) => client.Name),
  ),
);
/** `GET /stats/outbound/opens/readtimes`: undocumented; in the shape of the others, by whole seconds. */
export const readTimes = perDay((provider, filter) => countOpens(provider, filter, firstBy(readTimeOf)));
/** `GET /stats/outbound/clicks` */
export const clicks = perDay((provider, filter) => countClicks(provider, filter, allAndUnique('Clicks')));
/** `GET /stats/outbound/clicks/browserfamilies` */
export const clickBrowsers = perDay((provider, filter) =>
  countClicks(
    provider,
    filter,
    firstBy(({ client }) => client.Family),
  ),
);
/** `GET /stats/outbound/clicks/platforms` */
export const clickPlatforms = perDay((provider, filter) =>
  countClicks(provider, filter, firstBy(platformOf)),
);
/** `GET /stats/outbound/clicks/location` */
export const clickLocations = perDay((provider, filter) =>
  countClicks(provider, filter, ({ isFirst, click }) => (isFirst && click ? [click.location] : [])),
);

/** `GET /stats/outbound`: the whole range in one, without days. */
export function overview(provider: Provider, call: Call): Answer {
  const filter = readStatsFilter(provider, call.query);
  if ('status' in filter) return filter;
  const sum = (counts: Iterable<Count>, wanted: (key: string) => boolean): number => {
    let total = 0;
    for (const { key, count } of counts) if (wanted(key)) total += count;
    return total;
  };
  const is = (wanted: string) => (key: string) => key === wanted;
  const Sent = sum(countSent(provider, filter), is('Sent'));
  const Bounced = sum(countBounces(provider, filter), key => !NOT_BOUNCED.includes(key));
  const SpamComplaints = sum(countBounces(provider, filter), is('SpamComplaint'));
  const tracking = (key: string): number => sum(countTracked(provider, filter, true), is(key));
  const opened = (key: string): number => sum(countOpens(provider, filter, allAndUnique('Opens')), is(key));
  const clicked = (key: string): number =>
    sum(countClicks(provider, filter, allAndUnique('Clicks')), is(key));
  const recorded = (read: (visitor: Visitor) => unknown): number =>
    sum(
      countOpens(
        provider,
        filter,
        firstBy(visitor => (read(visitor) ? 'yes' : 'no')),
      ),
      is('yes'),
    );
  return ok({
    Sent,
    Bounced,
    SMTPApiErrors: sum(countBounces(provider, filter), is('SMTPApiError')),
    BounceRate: rate(Bounced, Sent),
    SpamComplaints,
    SpamComplaintsRate: rate(SpamComplaints, Sent),
    Opens: opened('Opens'),
    UniqueOpens: opened('Unique'),
    Tracked: tracking('Tracked'),
    WithLinkTracking: tracking('WithLinkTracking'),
    WithOpenTracking: tracking('WithOpenTracking'),
    TotalTrackedLinksSent: tracking('TotalTrackedLinksSent'),
    UniqueLinksClicked: clicked('Unique'),
    TotalClicks: clicked('Clicks'),
    WithClientRecorded: recorded(({ client }) => client.Name),
    WithPlatformRecorded: recorded(({ platform }) => platform !== 'Unknown'),
    WithReadTimeRecorded: recorded(({ readSeconds }) => readSeconds > 0),
  });
}

function perDay(source: Source): Handler {
  return (provider, { query }) => {
    const filter = readStatsFilter(provider, query);
    return 'status' in filter ? filter : ok(daily(source(provider, filter)));
  };
}

type Keys = Parameters<typeof countOpens>[2];

function allAndUnique(all: string): Keys {
  return ({ isFirst }) => (isFirst ? [all, 'Unique'] : [all]);
}

/** Only first opens are recorded with who opened. */
function firstBy(read: (visitor: Visitor) => string): Keys {
  return ({ isFirst, visitor }) => (isFirst ? [read(visitor)] : []);
}

function platformOf({ platform }: Visitor): string {
  return platform;
}

function readTimeOf({ readSeconds }: Visitor): string {
  return readSeconds >= 20 ? '20s+' : `${Math.floor(readSeconds)}s`;
}

/** A percentage with three digits behind the point. */
function rate(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((part / whole) * 100_000) / 1000;
}
