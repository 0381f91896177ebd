import type { Mail } from '../../mail/index.ts';

/** What providers say in words: `mail.providers`. */
export type ProviderWords = Mail['providers'];

/** Why an address is suppressed, in words; an unknown reason stays as the provider names it. */
export function suppressionLabel(
  words: ProviderWords,
  { reason, origin }: { reason: string; origin: string },
): string {
  if (origin === 'Operator') return 'Added by an operator';
  return words.describeSuppression({ reason, origin }) ?? `${reason} by ${origin}`;
}
