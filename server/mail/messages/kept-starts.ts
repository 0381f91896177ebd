// An index covers only so much of a text; what is looked for is cut alike.

/** Of a tag, what its index covers. */
export function tagStart(tag: string): string {
  return start(tag, 64);
}

/** What is kept of a subject to find it by. */
export function subjectStart(subject: string): string {
  return start(subject, 255);
}

/** What is kept of a value of metadata to find it by. */
export function metadataStart(value: string): string {
  return start(value, 255);
}

function start(text: string, length: number): string {
  return text.length <= length ? text : [...text.slice(0, 2 * length)].slice(0, length).join('');
}
