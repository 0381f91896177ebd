const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a];
const [openList, closeList, openObject, closeObject] = [0x5b, 0x5d, 0x7b, 0x7d];

/** Objects and lists that are looked into; what lies deeper is passed over whole. */
const deepestNamed = 4;

/** An object or list that the reading is in. */
interface Level {
  /** Where it is, such as `Attachments.*.`; entries of lists are all called `*`. */
  place: string;
  isObject: boolean;
  /** The last text that began in it: the name of the member, until its value has begun. */
  name: string;
  /** Where the comma before the present member stands. */
  comma: number;
  /** Whether a member before the present one stays. */
  keepsOne: boolean;
}

/**
 * JSON without the members at `places`, such as `Content` or `Attachments.*.Content`; everything else stays as it was
 * written, to the digit. One pass, and none for a text without their names. What is no JSON comes back as none.
 */
export function withoutMembers(text: string, places: readonly string[]): string {
  const names = places.map(place => place.slice(place.lastIndexOf('.') + 1));
  if (!names.some(name => text.includes(`"${name}"`))) return text;
  const kept: string[] = [];
  const levels: Level[] = [];
  let depth = 0;
  let copied = 0;
  const leaveOut = (from: number, to: number): void => {
    kept.push(text.slice(copied, from));
    copied = to;
  };
  for (let at = 0; at < text.length; at += 1) {
    const level = levels.length === depth ? levels.at(-1) : undefined;
    switch (text.charCodeAt(at)) {
      case openObject:
      case openList:
        depth += 1;
        if (depth <= deepestNamed) levels.push(levelIn(level, text.charCodeAt(at) === openObject));
        break;
      case closeObject:
      case closeList:
        if (level) levels.pop();
        depth -= 1;
        break;
      case comma:
        if (level) Object.assign(level, { comma: at, keepsOne: true });
        break;
      case quote: {
        const start = at;
        at = endOfText(text, start) - 1;
        if (!level?.isObject) break;
        level.name = at - start > 100 ? '' : text.slice(start + 1, at);
        if (!names.includes(level.name) || !places.includes(level.place + level.name)) break;
        const end = endOfMember(text, at + 1);
        if (end === null) break;
        const isLast = text.charCodeAt(end) !== comma;
        leaveOut(level.keepsOne ? level.comma : start, level.keepsOne || isLast ? end : end + 1);
        if (!isLast) level.comma = end;
        at = isLast ? end - 1 : end;
        break;
      }
    }
  }
  leaveOut(text.length, text.length);
  return kept.join('');
}

function levelIn(parent: Level | undefined, isObject: boolean): Level {
  const place = parent ? `${parent.place}${parent.isObject ? parent.name : '*'}.` : '';
  return { place, isObject, name: '', comma: -1, keepsOne: false };
}

/** Where the member ends whose name ends at `at`; null when no colon follows, and it is no name. */
function endOfMember(text: string, at: number): number | null {
  let next = at;
  while (isSpace(text.charCodeAt(next))) next += 1;
  if (text.charCodeAt(next) !== colon) return null;
  let depth = 0;
  for (next += 1; next < text.length; next += 1) {
    const code = text.charCodeAt(next);
    if (code === quote) next = endOfText(text, next) - 1;
    else if (code === openObject || code === openList) depth += 1;
    else if (depth === 0 && (code === comma || code === closeObject || code === closeList)) return next;
    else if (code === closeObject || code === closeList) depth -= 1;
  }
  return text.length;
}

/**
 * JSON whose whole numbers of 16 digits and more are texts: as numbers they would lose the last of them. One pass, and none
 * for a text that has no so many digits in a row.
 */
export function withLongNumbersAsTexts(text: string): string {
  if (!/\d{16}/.test(text)) return text;
  const parts: string[] = [];
  let copied = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfText(text, at) - 1;
    else if (isOfNumber(code)) {
      const start = at;
      while (isOfNumber(text.charCodeAt(at + 1))) at += 1;
      const number = text.slice(start, at + 1);
      if (number.length < 16 || /[.eE+]/.test(number) || number.includes('-', 1)) continue;
      parts.push(text.slice(copied, start), `"${number}"`);
      copied = at + 1;
    }
  }
  return parts.join('') + text.slice(copied);
}

/** How deep JSON is nested; null for a text that cannot be JSON, because its brackets and quotes do not match. One pass. */
export function depthOfJson(text: string): number | null {
  const open: boolean[] = [];
  let deepest = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      const end = endOfText(text, at);
      if (end === at + 1 || text.charCodeAt(end - 1) !== quote) return null;
      at = end - 1;
    } else if (code === openObject || code === openList) {
      open.push(code === openObject);
      deepest = Math.max(deepest, open.length);
    } else if (code === closeObject || code === closeList) {
      if (open.pop() !== (code === closeObject)) return null;
    }
  }
  return open.length === 0 ? deepest : null;
}

/** Behind the closing quote of the text that begins at `start`; the end, where it has none. */
function endOfText(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charCodeAt(at - 1 - slashes) === backslash) slashes += 1;
    if (slashes % 2 === 0) return at + 1;
  }
  return text.length;
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

/** Digits, signs, points and exponents; letters of `true`, `false` and `null` among them do no harm. */
function isOfNumber(code: number): boolean {
  return (
    (code >= 0x30 && code <= 0x39) || code === 0x2b || code === 0x2d || code === 0x2e || (code | 32) === 0x65
  );
}
