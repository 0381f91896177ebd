import type { Provider } from '../../state/provider.ts';
import { type Answer, refuse } from '../answer.ts';
import { streamNotFound } from '../messages/streams.ts';
import type { Query } from '../query.ts';

/** What statistics are narrowed to. */
export interface StatsFilter {
  /** Absent: all streams, unlike the listings. */
  stream?: string | undefined;
  tag?: string | undefined;
  since: number;
  until: number;
}

const YEAR = 366 * 86_400_000;

/**
 * Reads the common parameters of the statistics. The documentation promises all of the past and has a code (1500) for
 * a start more than a year ago; here the code counts, as the stricter of the two.
 */
export function readStatsFilter(provider: Provider, query: Query): StatsFilter | Answer {
  const dates = ['fromdate', 'todate'].map(name => query.text(name));
  if (dates.some(text => text !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(text))) return badDate();
  const since = query.date('fromdate', 'from') ?? undefined;
  const until = query.date('todate', 'to') ?? undefined;
  if ((dates[0] && since === undefined) || (dates[1] && until === undefined)) return badDate();
  if (since !== undefined && since < provider.clock.now() - YEAR) {
    return refuse(1500, "The 'fromdate' must not be more than a year ago.");
  }
  if (since !== undefined && until !== undefined && since >= until) {
    return refuse(1502, "The 'fromdate' must be before the 'todate'.");
  }
  const named = query.text('messagestream');
  const stream = named === undefined ? undefined : provider.streams.get(named)?.id;
  if (named !== undefined && stream === undefined) return streamNotFound();
  return {
    stream,
    tag: query.text('tag'),
    since: since ?? Number.NEGATIVE_INFINITY,
    until: until ?? Number.POSITIVE_INFINITY,
  };
}

function badDate(): Answer {
  return refuse(900, "Dates are written as 'YYYY-MM-DD'.");
}
