import type { HelperOptions } from 'handlebars';

/** The helpers of every template. Handlebars hands each its arguments and, last, its options. */
export const helpers = {
  /** `{{money 1999 "EUR"}}`: an amount in the currency's minor unit. */
  money(amount: number | null, currency: string, { data }: HelperOptions): string {
    if (amount === null) return '';
    const format = numberFormat(data.locale, { style: 'currency', currency });
    return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
  },

  /** `{{date iso}}` or `{{date iso "Europe/Amsterdam"}}`: the day, in UTC unless a zone is given. */
  date(iso: string | null, ...rest: unknown[]): string {
    return formatTime(iso, rest, { dateStyle: 'long' });
  },

  /** `{{datetime iso}}`: day and time, with the zone's name. */
  datetime(iso: string | null, ...rest: unknown[]): string {
    return formatTime(iso, rest, {
      year: 'numeric',
      month: 'long',
      day: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      timeZoneName: 'short',
    });
  },

  /** `{{number n}}`: grouped as the locale does. */
  number(value: number | null, { data }: HelperOptions): string {
    return value === null ? '' : numberFormat(data.locale, {}).format(value);
  },

  /** `{{#if (eq a b)}}` */
  eq(a: unknown, b: unknown): boolean {
    return a === b;
  },
};

function formatTime(iso: string | null, rest: unknown[], style: Intl.DateTimeFormatOptions): string {
  if (iso === null) return '';
  const { data } = rest.at(-1) as HelperOptions;
  const timeZone = typeof rest[0] === 'string' ? rest[0] : 'UTC';
  return dateFormat(data.locale, { ...style, timeZone }).format(new Date(iso));
}

const numberFormat = remembered(
  (locale, options: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, options),
);
const dateFormat = remembered(
  (locale, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options),
);

// Making a format costs a hundred times what using it does. Bounded, because locales and zones come from callers.
function remembered<O, F>(make: (locale: string, options: O) => F): (locale: string, options: O) => F {
  const known = new Map<string, F>();
  return (locale, options) => {
    const key = JSON.stringify([locale, options]);
    const format = known.get(key) ?? make(locale, options);
    if (known.size >= 500) known.clear();
    known.set(key, format);
    return format;
  };
}
