import type { HelperOptions } from 'handlebars';

const day = { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' } as const;
const minute = { ...day, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const minuteFormat = new Intl.DateTimeFormat('en-GB', minute);
const secondFormat = new Intl.DateTimeFormat('en-GB', { ...minute, second: '2-digit' });
const numberFormat = new Intl.NumberFormat('en');

/** The helpers of every view. All return text, which the engine escapes. */
export const viewHelpers = {
  /** `{{iso at}}`: for machines. */
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

  /** `{{#if (eq a b)}}` */
  eq(a: unknown, b: unknown): boolean {
    return a === b;
  },
};
