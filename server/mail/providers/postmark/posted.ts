import { MalformedEvent, type RawMark } from '../event.ts';
import { depthOfJson, withLongNumbersAsTexts, withoutMembers } from '../json-text.ts';

/** The mail itself, which a bounce or an answer may bring along: that is not ours to keep twice. */
const mailMembers = [
  'Content',
  'RawEmail',
  'Attachments.*.Content',
  // What Postmark's own check of an inbound hook has in place of it.
  'Attachments.*.Data',
];

/** Bytes of a body that are kept. */
export const mostKept = 1024 * 1024;
/** Characters without the mail itself: a longer body is nobody's event. */
const mostParsed = 16 * 1024 * 1024;
/** What is short is parsed however deep it is. */
const shortText = 100_000;
const deepest = 1000;

/** A body of Postmark's. */
export interface Body {
  /** What it says, with numbers that JavaScript cannot hold as texts; undefined where it was not parsed. */
  payload: unknown;
  /** As it was written, without the mail itself. */
  text: string;
}

/** Reads a body. Throws {@link MalformedEvent} for what is not JSON. */
export function parseBody(posted: string): Body {
  const text = withoutMembers(posted.replace(/^\uFEFF/, ''), mailMembers);
  if (text.length > shortText) {
    const depth = depthOfJson(text);
    if (depth === null) throw notJson();
    if (depth > deepest || text.length > mostParsed) return { payload: undefined, text };
  }
  try {
    return { payload: JSON.parse(withLongNumbersAsTexts(text)), text };
  } catch {
    throw notJson();
  }
}

/** As much of a text as is kept, and a mark where that is not all. */
export function kept(text: string): { raw: string; marks: RawMark[] } {
  if (text.length <= mostKept / 3 || Buffer.byteLength(text) <= mostKept) return { raw: text, marks: [] };
  // The last character may be cut in two.
  const raw = Buffer.from(text)
    .subarray(0, mostKept)
    .toString()
    .replace(/\uFFFD{1,3}$/, '');
  return { raw, marks: ['cut'] };
}

function notJson(): MalformedEvent {
  return new MalformedEvent('The body is not JSON.');
}
