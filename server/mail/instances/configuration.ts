import type { MailContext } from '../context.ts';
import { formatMailbox } from '../providers/transport.ts';
import type { Brand } from '../routing/brands.ts';
import type { CategoryPolicy } from '../routing/policy.ts';

/** What a process is configured to do, without secrets: fields in words, those of each category and those of them all. */
export interface Configuration {
  policyVersion: number;
  fields: Record<string, string>;
  categories: Record<string, Record<string, string>>;
}

/** One thing that two configurations say differently; null where one of them does not have it. */
export interface Difference {
  /** Null for what concerns no category alone. */
  category: string | null;
  field: string;
  newer: string | null;
  older: string | null;
}

/** What this process is configured to do. */
export function configurationOf({
  policy,
  brands,
  transports,
  secondPerson: { actions },
}: Pick<MailContext, 'policy' | 'brands' | 'transports' | 'secondPerson'>): Configuration {
  const addresses = [...transports.values()].map(({ name, kind, address }) => [
    `transport ${name}`,
    [kind, address].filter(Boolean).join(' ') || 'of the host’s own making',
  ]);
  const categories = Object.entries(policy.categories).map(([name, one]) => [name, fieldsOf(one)]);
  return {
    policyVersion: policy.version,
    fields: {
      'policy version': String(policy.version),
      sender: formatMailbox(policy.from),
      // One process without it would be the way round it.
      ...(actions.length > 0 && { 'second person': actions.join(', ') }),
      ...Object.fromEntries(addresses),
      ...Object.fromEntries(brands.all.flatMap(brandField)),
    },
    categories: Object.fromEntries(categories),
  };
}

function brandField({ name, server, values, policy: { from } }: Brand): [string, string][] {
  const words = Object.entries(values).map(([key, value]) => `${key}: ${value}`);
  return name === null
    ? []
    : [[`brand ${name}`, [`${formatMailbox(from)} by ${server}`, ...words].join('; ')]];
}

function fieldsOf({
  lane,
  routes,
  consent,
  onUnknown,
  essential,
  from,
}: CategoryPolicy): Record<string, string> {
  return {
    lane,
    routes: routes.map(({ stream, transport, weight }) => `${stream} by ${transport}, ${weight}`).join('; '),
    consent,
    onUnknown,
    ...(essential && { essential: 'yes' }),
    ...(from && { sender: formatMailbox(from) }),
  };
}

/** Where two configurations differ, in the order of the newer one. A category that one lacks is one difference. */
export function differencesBetween(newer: Configuration, older: Configuration): Difference[] {
  return [
    ...differing(null, newer.fields, older.fields),
    ...namesOf(newer.categories, older.categories).flatMap(name => {
      const [one, other] = [newer.categories[name], older.categories[name]];
      if (one && other) return differing(name, one, other);
      const words = (there: object | undefined) => (there ? 'there' : null);
      return [{ category: name, field: 'category', newer: words(one), older: words(other) }];
    }),
  ];
}

function differing(
  category: string | null,
  newer: Record<string, string>,
  older: Record<string, string>,
): Difference[] {
  return namesOf(newer, older)
    .map(field => ({ category, field, newer: newer[field] ?? null, older: older[field] ?? null }))
    .filter(one => one.newer !== one.older);
}

function namesOf(...records: object[]): string[] {
  return [...new Set(records.flatMap(record => Object.keys(record)))];
}
