import { findAll } from '../page.ts';

/** What we store in a browser begins with this. */
const prefix = 'postlane:';
const personKey = `${prefix}person`;

/** The id of the person who is signed in on this page; null for nobody. */
export function personOnPage(): string | null {
  return document.querySelector<HTMLMetaElement>('meta[name=person]')?.content ?? null;
}

/** The id of the person who was signed in last in this tab; null where that is not known. */
export function personOfTab(): string | null {
  try {
    return sessionStorage.getItem(personKey);
  } catch {
    return null;
  }
}

/** Removes what somebody else has left in this browser, once another person is signed in; what somebody keeps is theirs alone. */
export function keepToPerson(): void {
  const person = personOnPage();
  if (person === null) return;
  try {
    for (const key of ownKeys(localStorage))
      if (ownerOf(localStorage.getItem(key)) !== person) localStorage.removeItem(key);
    sessionStorage.setItem(personKey, person);
  } catch {
    // Where a browser refuses to store anything there is nothing to remove.
  }
}

/** Removes everything of ours when somebody signs out. */
export function clearAtSignOut(): void {
  for (const form of findAll<HTMLFormElement>('form[data-signs-out]')) form.addEventListener('submit', clear);
}

function clear(): void {
  try {
    for (const storage of [localStorage, sessionStorage])
      for (const key of ownKeys(storage)) storage.removeItem(key);
  } catch {
    // As in keepToPerson.
  }
}

function ownKeys(storage: Storage): string[] {
  return Object.keys(storage).filter(key => key.startsWith(prefix));
}

function ownerOf(text: string | null): string | null {
  try {
    return JSON.parse(text ?? 'null')?.owner ?? null;
  } catch {
    return null;
  }
}
