import type { Fault } from './fault.ts';
import { faultIn, type Letter, type LetterRule } from './letter.ts';

/**
 * Bulk mail has to offer a way out of it, by law and to be accepted at all. Elsewhere nobody replaces the placeholder
 * by a link: Postmark does so on broadcast streams alone, and recipients would read it as it is.
 */
export const unsubscribe: LetterRule = letter =>
  letter.bulk
    ? [...missingIn(letter, 'html', 'error'), ...missingIn(letter, 'text', 'warning')]
    : [...idleIn(letter, 'html'), ...idleIn(letter, 'text')];

function missingIn(letter: Letter, part: 'html' | 'text', severity: Fault['severity']): Fault[] {
  if (letter[part].includes(letter.unsubscribe)) return [];
  const how = part === 'html' ? '<a href="{{{@unsubscribe}}}">Unsubscribe</a>' : '{{{@unsubscribe}}}';
  const message = `Bulk mail needs a link to unsubscribe: put ${how} into this part or into its layout.`;
  return [faultIn(letter, part, { severity, rule: 'unsubscribe', message })];
}

function idleIn(letter: Letter, part: 'html' | 'text'): Fault[] {
  if (!letter[part].includes(letter.unsubscribe)) return [];
  const message =
    'Only bulk mail has a link to unsubscribe: take {{{@unsubscribe}}} out, or use another layout.';
  return [faultIn(letter, part, { severity: 'error', rule: 'unsubscribe', message })];
}
