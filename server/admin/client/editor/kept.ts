/** What was typed and is not stored yet, kept in this browser until it is. */
export interface Kept {
  at: string;
  /** The revision it was typed over. */
  revision: string;
  /** The form, as it would be sent. */
  fields: string;
}

const nameOf = (ref: string) => `postlane:draft:${ref}`;

/** Keeps a form. A browser that refuses, or is full, keeps nothing: then the page itself is all there is. */
export function keep(ref: string, kept: Kept): void {
  try {
    localStorage.setItem(nameOf(ref), JSON.stringify(kept));
  } catch {
    // Nothing to do about it, and nothing is wrong with the page.
  }
}

/** What is kept of a source, or null. */
export function keptOf(ref: string): Kept | null {
  try {
    const { at, revision, fields } = JSON.parse(localStorage.getItem(nameOf(ref)) ?? 'null') ?? {};
    return [at, revision, fields].every(value => typeof value === 'string') ? { at, revision, fields } : null;
  } catch {
    return null;
  }
}

/** Forgets it: it is stored, or nobody wants it. */
export function forget(ref: string): void {
  try {
    localStorage.removeItem(nameOf(ref));
  } catch {
    // As in keep.
  }
}
