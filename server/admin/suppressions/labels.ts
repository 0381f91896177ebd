const words: Readonly<Record<string, string>> = {
  'HardBounce Recipient': 'Hard bounce',
  'SpamComplaint Recipient': 'Complained',
  'ManualSuppression Recipient': 'Unsubscribed by the recipient',
  'ManualSuppression Customer': 'Added in the Postmark account',
  'ManualSuppression Admin': 'Added by Postmark’s staff',
};

/** Why an address is suppressed, in words; an unknown reason stays as the provider names it. */
export function suppressionLabel({ reason, origin }: { reason: string; origin: string }): string {
  if (origin === 'Operator') return 'Added by an operator';
  const known = `${reason} ${origin}`;
  return (Object.hasOwn(words, known) && words[known]) || `${reason} by ${origin}`;
}
