import { createHash } from 'node:crypto';
import { AccountError } from '../error.ts';
import { commonHashes } from './common-hashes.ts';

/** Shortest password that is taken, in characters. */
export const shortestPassword = 12;

/** Longest password that is taken or looked at, in characters. */
export const longestPassword = 128;

/** How many characters a password has, as people count them. */
export function passwordLength(password: string): number {
  return [...password].length;
}

/** What is wrong with a new password, in a sentence; null when nothing is. Length counts, kinds of characters do not. */
export function passwordProblem(
  password: string,
  { email, name }: { email: string; name: string },
): string | null {
  const length = passwordLength(password);
  if (length < shortestPassword)
    return `The password needs at least ${shortestPassword} characters. A few words are easy to remember.`;
  if (length > longestPassword)
    return `The password can have at most ${longestPassword} characters; this one has ${length}. Nothing was cut off.`;
  if (new Set(password).size < 5)
    return 'This password repeats only a few characters. Choose one that is harder to guess.';
  const plain = password.normalize('NFKC').toLowerCase();
  if (isCommon(plain))
    return 'This password is among the first that attackers try: it was found in data stolen elsewhere. Choose another one.';
  const own = [email.toLowerCase(), email.toLowerCase().split('@')[0] ?? '', name.toLowerCase(), 'postlane'];
  return [...own, ...commonWords].some(word => word.length > 3 && isLittleMore(plain, word))
    ? 'This password is little more than a name or a common word. Choose one that is harder to guess.'
    : null;
}

/** A new password that was typed twice. Throws an AccountError when the two differ. */
export function newPassword(password: string, again: string): string {
  if (password !== again) throw new AccountError('password-unfit', 'The two passwords differ.');
  return password;
}

/** True when fewer than six characters are left of a password without a word, however often it is in there. */
function isLittleMore(plain: string, word: string): boolean {
  return plain.includes(word) && plain.replaceAll(word, '').length < 6;
}

// The most common passwords that are too short to be taken as they are, to find them with something added.
const commonWords =
  `1234567890 123456789 12345678 1234567 123456 12345 987654321 654321 password passw0rd p@ssw0rd pa55word qwertyuiop
  qwerty asdfghjkl asdfgh zxcvbnm zxcvbn 1q2w3e4r 1qaz2wsx qazwsx abc123 abcdef iloveyou letmein welcome dragon monkey football
  baseball basketball sunshine princess superman batman shadow master michael jennifer jordan charlie ashley trustno1 starwars
  administrator admin secret changeme default hello freedom whatever computer internet summer winter spring autumn`.split(
    /\s+/,
  );

/** True for one of {@link commonHashes}; `plain` is in lower case. */
function isCommon(plain: string): boolean {
  const wanted = createHash('sha256').update(plain).digest().readUInt32BE();
  hashes ??= Buffer.from(commonHashes, 'base64');
  let [from, to] = [0, hashes.length / 4];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (hashes.readUInt32BE(middle * 4) < wanted) from = middle + 1;
    else to = middle;
  }
  return from < hashes.length / 4 && hashes.readUInt32BE(from * 4) === wanted;
}

let hashes: Buffer | undefined;
