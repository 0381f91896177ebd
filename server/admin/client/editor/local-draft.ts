/** What was typed and is not saved yet, kept in this browser until it is. */
export interface LocalDraft {
  at: string;
  /** The revision it was typed over. */
  revision: string;
  /** The form, as it would be sent. */
  fields: string;
}

const nameOf = (ref: string) => `postlane:draft:${ref}`;

/** Keeps a form. A browser that refuses, or is full, keeps nothing: then the text is only on the page. */
export function storeLocalDraft(ref: string, draft: LocalDraft): void {
  try {
    localStorage.setItem(nameOf(ref), JSON.stringify(draft));
  } catch {
    // Nothing can be done about it, and the page still works.
  }
}

/** What this browser keeps of a source, or null. */
export function localDraftOf(ref: string): LocalDraft | null {
  try {
    const { at, revision, fields } = JSON.parse(localStorage.getItem(nameOf(ref)) ?? 'null') ?? {};
    return [at, revision, fields].every(value => typeof value === 'string') ? { at, revision, fields } : null;
  } catch {
    return null;
  }
}

/** Removes it: it is saved, or nobody wants it. */
export function removeLocalDraft(ref: string): void {
  try {
    localStorage.removeItem(nameOf(ref));
  } catch {
    // As in storeLocalDraft.
  }
}
