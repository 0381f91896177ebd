import { personOnPage } from '../frame/own-storage.ts';

/** Unsaved changes, stored in this browser until they are saved. */
export interface LocalDraft {
  /** The id of who typed it; for nobody else. */
  owner: string;
  at: string;
  /** The revision that was changed. */
  revision: string;
  /** The form, as it would be sent. */
  fields: string;
}

const nameOf = (ref: string) => `postlane:draft:${ref}`;

/** Stores a form in this browser; where that is refused or there is no space, the text is only on the page. */
export function storeLocalDraft(ref: string, draft: Omit<LocalDraft, 'owner'>): void {
  const owner = personOnPage();
  if (owner === null) return;
  try {
    localStorage.setItem(nameOf(ref), JSON.stringify({ owner, ...draft }));
  } catch {
    // The page works without it.
  }
}

/** The unsaved changes of a source in this browser, or null. */
export function localDraftOf(ref: string): LocalDraft | null {
  try {
    const { owner, at, revision, fields } = JSON.parse(localStorage.getItem(nameOf(ref)) ?? 'null') ?? {};
    const isWhole = [owner, at, revision, fields].every(value => typeof value === 'string');
    return isWhole && owner === personOnPage() ? { owner, at, revision, fields } : null;
  } catch {
    return null;
  }
}

/** Removes them: they are saved, or discarded. */
export function removeLocalDraft(ref: string): void {
  try {
    localStorage.removeItem(nameOf(ref));
  } catch {
    // As in storeLocalDraft.
  }
}
