import type { Finding } from './fault.ts';
import { faultIn, type LetterRule } from './letter.ts';

/** Phones cut at some forty characters, the widest inboxes at about this. */
const longest = 78;

/** Subjects that are empty, cut off, or that filters and readers take for spam. */
export const subject: LetterRule = letter =>
  findingsOf(letter.subject).map(finding => faultIn(letter, 'subject', finding));

function findingsOf(text: string): Finding[] {
  if (text === '')
    return [
      { severity: 'error', rule: 'subject', message: 'The subject is empty: say what the mail is about.' },
    ];
  const spam = spamSigns(text).map(sign => warning('subject-spam', `The subject looks like spam: ${sign}.`));
  if (text.length <= longest) return spam;
  const tooLong = `The subject has ${text.length} characters and will be cut off: put what matters into the first 40.`;
  return [...spam, warning('subject-length', tooLong)];
}

const moneyWords =
  /\b(100% free|act now|buy now|cash|cheap|click here|double your|earn money|free money|guaranteed?|limited time|lottery|make money|no cost|risk[- ]free|urgent|winner|you(?:'ve| have) won)\b|[$€£]{2,}/i;

function spamSigns(text: string): string[] {
  const signs: string[] = [];
  if (isShouted(text)) signs.push('write it in small letters, not in capitals');
  if (/[!?]{2,}|!.*!/.test(text)) signs.push('one exclamation mark is enough');
  const money = moneyWords.exec(text)?.[0];
  if (money) signs.push(`filters know "${money}" well, find other words`);
  if (/^(re|fwd?|aw|antw)\s*:/i.test(text)) signs.push('it pretends to be an answer, take that out');
  return signs;
}

function isShouted(text: string): boolean {
  const letters = text.replace(/[^\p{L}]/gu, '');
  const capitals = letters.replace(/[^\p{Lu}]/gu, '');
  return letters.length >= 8 && capitals.length / letters.length > 0.7;
}

function warning(rule: string, message: string): Finding {
  return { severity: 'warning', rule, message };
}
