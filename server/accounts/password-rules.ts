/** Shortest password that is taken, in characters. */
export const shortestPassword = 12;

/** Longest password that is read, in characters. */
export const longestPassword = 200;

/** What is wrong with a new password, in a sentence; null when nothing is. Length counts, kinds of characters do not. */
export function passwordFault(
  password: string,
  { email, name }: { email: string; name: string },
): string | null {
  const length = [...password].length;
  if (length < shortestPassword)
    return `A password has at least ${shortestPassword} characters; a few words are easy to keep in mind.`;
  if (length > longestPassword) return `A password has at most ${longestPassword} characters.`;
  if (new Set(password).size < 5)
    return 'This password repeats a few characters only. Choose one that is harder to guess.';
  const plain = password.toLowerCase();
  const own = [
    email.toLowerCase(),
    email.toLowerCase().split('@')[0] ?? '',
    name.toLowerCase(),
    'postlane',
    'password',
  ];
  const guessable = own.some(
    word => word.length > 3 && plain.includes(word) && plain.length - word.length < 6,
  );
  return guessable
    ? 'This password is little more than a name or a common word. Choose one that is harder to guess.'
    : null;
}
