import { faultIn, type Letter, type LetterRule } from './letter.ts';

/** What the longest previews show. */
const longest = 140;

/** The line that inboxes show after the subject. */
export const preheader: LetterRule = letter => {
  const message = messageFor(letter);
  return message ? [faultIn(letter, 'preheader', { severity: 'warning', rule: 'preheader', message })] : [];
};

function messageFor({ preheader: text, subject }: Letter): string | null {
  if (text === '')
    return 'There is no preheader: without it inboxes show the first words of the mail after the subject. Write one.';
  if (text === subject) return 'The preheader repeats the subject: say what comes next.';
  return text.length > longest
    ? `The preheader has ${text.length} characters; inboxes show at most ${longest}.`
    : null;
}
