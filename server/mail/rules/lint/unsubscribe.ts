import type { Fault } from './fault.ts';
import { faultIn, type Letter, type LetterRule } from './letter.ts';

/** Bulk mail has to offer a way out of it, by law and to be accepted at all. */
export const unsubscribe: LetterRule = letter => {
  if (!letter.bulk) return [];
  return [...missingIn(letter, 'html', 'error'), ...missingIn(letter, 'text', 'warning')];
};

function missingIn(letter: Letter, part: 'html' | 'text', severity: Fault['severity']): Fault[] {
  if (letter[part].includes(letter.unsubscribe)) return [];
  const how = part === 'html' ? '<a href="{{{@unsubscribe}}}">Unsubscribe</a>' : '{{{@unsubscribe}}}';
  const message = `Bulk mail needs a link to unsubscribe: put ${how} into this part or into its layout.`;
  return [faultIn(letter, part, { severity, rule: 'unsubscribe', message })];
}
