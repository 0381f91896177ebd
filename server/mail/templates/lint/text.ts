import { inPart, type LintRule, type MailDocument } from './document.ts';

/** Subjects that are empty, cut off, or that filters and readers take for spam. */
export const subject: LintRule = {
  whenBare: true,
  check(document) {
    const { subject: text } = document;
    if (text === '') {
      const report = inPart(document, 'subject', 'subject');
      return [report('error', 'The subject is empty: say what the mail is about.')];
    }
    const spam = inPart(document, 'subject', 'subject-spam');
    const found = spamSigns(text).map(sign => spam('warning', `The subject looks like spam: ${sign}.`));
    if (text.length <= longestSubject) return found;
    const tooLong = `The subject has ${text.length} characters and will be cut off: put what matters into the first 40.`;
    return [...found, inPart(document, 'subject', 'subject-length')('warning', tooLong)];
  },
};

/** The line that inboxes show after the subject. */
export const preheader: LintRule = {
  whenBare: false,
  check(document) {
    const message = preheaderProblem(document);
    return message ? [inPart(document, 'preheader', 'preheader')('warning', message)] : [];
  },
};

/** A text made from HTML is readable; one that was written is good. */
export const textPart: LintRule = {
  whenBare: false,
  check(document) {
    if (document.hasOwnText) return [];
    const message =
      'There is no text part: one is made from the HTML, but filters and readers prefer one you wrote.';
    return [inPart(document, 'text', 'text-part')('warning', message)];
  },
};

/** The sender is fixed: a From made of data lets a value pose as somebody else, and providers refuse it. */
export const sender: LintRule = {
  whenBare: false,
  check(document) {
    const { name = '', email } = document.from;
    if (!/\{\{|\}\}/.test(`${name} ${email}`)) return [];
    const message = 'The From must not contain merge fields: give the category a fixed name and address.';
    return [inPart(document, 'from', 'from')('error', message)];
  },
};

/** Phones cut at some forty characters, the widest inboxes at about this. */
const longestSubject = 78;

const moneyWords =
  /\b(100% free|act now|buy now|cash|cheap|click here|double your|earn money|free money|guaranteed?|limited time|lottery|make money|no cost|risk[- ]free|urgent|winner|you(?:'ve| have) won)\b|[$€£]{2,}/i;

function spamSigns(text: string): string[] {
  const signs: string[] = [];
  if (isShouted(text)) signs.push('write it in lower case, not in capitals');
  if (/[!?]{2,}|!.*!/.test(text)) signs.push('one exclamation mark is enough');
  const money = moneyWords.exec(text)?.[0];
  if (money) signs.push(`filters know "${money}" well, find other words`);
  if (/^(re|fwd?|aw|antw)\s*:/i.test(text)) signs.push('it pretends to be an answer, take that out');
  return signs;
}

function isShouted(text: string): boolean {
  const characters = text.replace(/[^\p{L}]/gu, '');
  const capitals = characters.replace(/[^\p{Lu}]/gu, '');
  return characters.length >= 8 && capitals.length / characters.length > 0.7;
}

/** What the longest previews show. */
const longestPreheader = 140;

function preheaderProblem({ preheader: text, subject: title }: MailDocument): string | null {
  if (text === '')
    return 'There is no preheader: without it inboxes show the first words of the mail after the subject. Write one.';
  if (text === title) return 'The preheader repeats the subject: say what comes next.';
  return text.length > longestPreheader
    ? `The preheader has ${text.length} characters; inboxes show at most ${longestPreheader}.`
    : null;
}
