import { type ProviderWords, suppressionLabel } from '../suppressions/labels.ts';

const labels: Readonly<Record<string, string>> = {
  'bulk mail on a transactional stream': 'It is bulk mail, and its stream is for transactional mail',
  expired: 'It expired before it could be sent',
  'consent withdrawn': 'The recipient has unsubscribed from this topic',
  'no consent given': 'The recipient has never consented to mail on this topic',
  'no clear answer: for an operator to decide': 'The provider gave no clear answer: an operator must decide',
};

/** Why a message is in its state, in words; what others said, such as a mail server, stays as it was. */
export function reasonLabel(words: ProviderWords, stored: string): string {
  if (Object.hasOwn(labels, stored)) return labels[stored] ?? stored;
  const [, reason, origin] = /^suppressed: (\S+) \((.+)\)$/.exec(stored) ?? [];
  return reason && origin
    ? `The address is suppressed: ${lowerFirst(suppressionLabel(words, { reason, origin }))}`
    : stored;
}

/** For the middle of a sentence. */
export function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
