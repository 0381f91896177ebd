import type { HelperOptions } from 'handlebars';
import type { FieldType } from './contract.ts';

/** One argument of a helper, and the types of the contract that it works with. */
export interface HelperArgument {
  name: string;
  types: readonly FieldType[];
  /** May be left out. */
  optional?: boolean;
}

/** A helper: what it does, how an editor offers it, and what the check asks of its arguments. */
interface Helper {
  /** How it is called, for the editor's completion and list. */
  usage: string;
  /** What it gives, in a sentence without its full stop. */
  says: string;
  /** What it has to be given; null stands for anything at all. */
  takes: readonly HelperArgument[] | null;
  /** Handlebars hands it its arguments and, last, its options. */
  run(...given: never[]): string | boolean;
}

const number = ['integer', 'number'] as const;
const zone: HelperArgument = { name: 'time zone', types: ['timezone', 'string'], optional: true };

/** The helpers of every template: adding one here is all there is to do. */
export const helpers = {
  money: {
    usage: 'money amount currency',
    says: 'An amount in minor units: {{money 1999 "EUR"}}',
    takes: [
      { name: 'amount', types: number },
      { name: 'currency', types: ['currency', 'string'] },
    ],
    run(amount: number | null, currency: string, { data }: HelperOptions): string {
      if (amount === null) return '';
      const format = numberFormat(data.locale, { style: 'currency', currency });
      return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
    },
  },

  date: {
    usage: 'date iso [zone]',
    says: 'A date, in UTC unless a time zone is given: {{date order.placedAt}}',
    takes: [{ name: 'moment', types: ['date'] }, zone],
    run: (iso: string | null, ...rest: unknown[]) => formatTime(iso, rest, { dateStyle: 'long' }),
  },

  datetime: {
    usage: 'datetime iso [zone]',
    says: 'A date and time, with the name of the time zone',
    takes: [{ name: 'moment', types: ['date'] }, zone],
    run: (iso: string | null, ...rest: unknown[]) =>
      formatTime(iso, rest, {
        year: 'numeric',
        month: 'long',
        day: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        timeZoneName: 'short',
      }),
  },

  number: {
    usage: 'number n',
    says: 'A number, formatted for the locale',
    takes: [{ name: 'number', types: number }],
    run: (value: number | null, { data }: HelperOptions) =>
      value === null ? '' : numberFormat(data.locale, {}).format(value),
  },

  eq: {
    usage: 'eq a b',
    says: 'True when both are equal: {{#if (eq state "late")}}',
    takes: null,
    run: (a: unknown, b: unknown) => a === b,
  },
} satisfies Record<string, Helper>;

/** The helper of that name; undefined where there is none. */
export function helperNamed(name: string): Helper | undefined {
  return Object.hasOwn(helpers, name) ? helpers[name as keyof typeof helpers] : undefined;
}

/** What Handlebars is given: the functions by name. */
export const helperFunctions = Object.fromEntries(
  Object.entries(helpers).map(([name, { run }]) => [name, run as (...given: unknown[]) => unknown]),
);

/** What an editor shows of each helper. */
export const helperDocs = Object.entries(helpers).map(([name, { usage, says }]) => ({ name, usage, says }));

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
