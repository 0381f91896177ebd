import type { Mail } from '../../mail/index.ts';

/** What providers say in words: `mail.providers`. */
export type ProviderWords = Mail['providers'];

const ours: Readonly<Record<string, string>> = {
  Operator: 'Added by an operator',
  Host: 'Added by the app',
  Person: 'Refused by the person',
  Rule: 'Turned away five times in a row',
};

/** Why an address is suppressed, in words; an unknown reason stays as the provider names it. */
export function suppressionLabel(
  words: ProviderWords,
  { reason, origin }: { reason: string; origin: string },
): string {
  if (Object.hasOwn(ours, origin)) return ours[origin] ?? origin;
  return words.describeSuppression({ reason, origin }) ?? `${reason} by ${origin}`;
}
