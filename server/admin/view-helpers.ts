import type { HelperOptions } from 'handlebars';
import { longestMeasuredMs } from '../mail/index.ts';
import { may, type Permission, permissions } from './permissions.ts';
import type { Person } from './person.ts';

const day = { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' } as const;
const minute = { ...day, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const minuteFormat = new Intl.DateTimeFormat('en-GB', minute);
const secondFormat = new Intl.DateTimeFormat('en-GB', { ...minute, second: '2-digit' });
const numberFormat = new Intl.NumberFormat('en');
const percentFormat = new Intl.NumberFormat('en', { style: 'percent', maximumSignificantDigits: 2 });

/** The helpers of every view. All return text, which the engine escapes. */
export const viewHelpers = {
  /** `{{iso at}}`: for machines to read. */
  iso(at: Date): string {
    return at.toISOString();
  },

  /** `{{utc at}}`: to the second. */
  utc(at: Date): string {
    return secondFormat.format(at);
  },

  /** `{{utcMinute at}}`: to the minute. */
  utcMinute(at: Date): string {
    return minuteFormat.format(at);
  },

  /** `{{number n}}`: grouped by thousands. */
  number(n: number): string {
    return numberFormat.format(n);
  },

  /** `{{count n "message"}}`: the number with its word. */
  count(n: number, word: string): string {
    return `${numberFormat.format(n)} ${word}${n === 1 ? '' : 's'}`;
  },

  /** `{{words "handed-over"}}`: without hyphens. */
  words(name: string): string {
    return name.replaceAll('-', ' ');
  },

  /** `{{query state="sent" cursor=cursor}}`: `?...` of what is neither null nor empty. */
  query({ hash }: HelperOptions): string {
    const given = Object.entries(hash).filter(([, value]) => value !== null && value !== '');
    const query = new URLSearchParams(given.map(([name, value]): [string, string] => [name, String(value)]));
    query.sort();
    return `?${query}`;
  },

  /** `{{link "messages" id}}`: under the mount, each part encoded. */
  link(...parts: unknown[]): string {
    return parts
      .slice(0, -1)
      .map(part => encodeURIComponent(String(part)))
      .join('/');
  },

  /** `{{percent share}}`: 0.0213 is 2.1%; a dash where there is nothing to share. */
  percent(share: number | null): string {
    return share === null ? '–' : percentFormat.format(share);
  },

  /** `{{span ms}}`: in the unit that fits, such as 340 ms, 2.1 s, 5 min, 3 h, 2 d; a dash for null. */
  span(ms: number | null): string {
    return ms === null ? '–' : inWords(ms);
  },

  /** `{{took ms}}`: a hand-over time; longer than we measure is "over" that, and null is where none was measured. */
  took(ms: number | null): string {
    if (ms === null) return 'none measured';
    return ms >= longestMeasuredMs ? `over ${inWords(longestMeasuredMs)}` : inWords(ms);
  },

  /** `{{amount value "share"}}`: a count, a share or a span of ms, in words. */
  amount(value: number | null, unit: 'count' | 'share' | 'ms'): string {
    if (unit === 'share') return viewHelpers.percent(value);
    if (unit === 'ms') return viewHelpers.span(value);
    return value === null ? '–' : viewHelpers.number(value);
  },

  /** `{{plain value}}`: for scripts; nothing for null. */
  plain(value: number | null): string {
    return value === null ? '' : String(value);
  },

  /** `{{json value}}`: indented for reading. */
  json(value: unknown): string {
    return JSON.stringify(value, null, 2);
  },

  /** `{{#if (may @person "suppressions.lift")}}` */
  may(person: Person | null, permission: Permission): boolean {
    return may(person, permission);
  },

  /** `{{roleFor "suppressions.lift"}}`: the least role that may. */
  roleFor(permission: Permission): string {
    return permissions[permission].role;
  },

  /** `{{#if (or a b)}}` */
  or(...values: unknown[]): boolean {
    return values.slice(0, -1).some(Boolean);
  },

  /** `{{#if (eq a b)}}` */
  eq(a: unknown, b: unknown): boolean {
    return a === b;
  },
};

const units: readonly [name: string, ms: number, limit: number][] = [
  ['ms', 1, 1000],
  ['s', 1000, 120_000],
  ['min', 60_000, 120 * 60_000],
  ['h', 3_600_000, 48 * 3_600_000],
  ['d', 24 * 3_600_000, Number.POSITIVE_INFINITY],
];

function inWords(ms: number): string {
  const [name, size] = units.find(([, , limit]) => ms < limit) ?? ['ms', 1];
  const amount = ms / size;
  return `${numberFormat.format(amount < 10 ? Math.round(amount * 10) / 10 : Math.round(amount))} ${name}`;
}
