import { suppressionWords } from '../suppressions/words.ts';

const words: Readonly<Record<string, string>> = {
  expired: 'It expired before it could be sent',
  'consent withdrawn': 'The recipient has unsubscribed from this topic',
  'no consent given': 'The recipient has never agreed to mail on this topic',
  'no clear answer: for an operator to decide': 'Postmark has no clear answer: an operator has to decide',
};

/** Why a message is in its state, in words; the words of others, such as a mail server's, stay theirs. */
export function reasonWords(stored: string): string {
  if (Object.hasOwn(words, stored)) return words[stored] ?? stored;
  const [, reason, origin] = /^suppressed: (\S+) \((.+)\)$/.exec(stored) ?? [];
  return reason && origin
    ? `The address is suppressed: ${lowerFirst(suppressionWords({ reason, origin }))}`
    : stored;
}

/** For the middle of a sentence. */
export function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
