import { localise } from '../frame/local-times.ts';
import { findAll, make } from '../page.ts';

// Parts of a page that change by themselves: [data-live="seconds"] with an id is fetched again and replaced.

for (const part of findAll('[data-live]')) keepFresh(part);

function keepFresh(first: HTMLElement): void {
  let part = first;
  let stopped = false;
  const button = make('button', { type: 'button', className: 'link-button', textContent: 'Stop refreshing' });
  const note = noteAfter(part);
  note.append('Refreshes by itself. ', button);
  button.addEventListener('click', () => {
    stopped = !stopped;
    button.textContent = stopped ? 'Refresh again' : 'Stop refreshing';
    if (!stopped) void refresh();
  });
  schedule();

  function schedule(): void {
    setTimeout(() => void refresh(), Number(part.dataset.live) * 1000);
  }

  async function refresh(): Promise<void> {
    if (stopped) return;
    const next = document.hidden || isUsed(part) ? part : await fetched(part);
    if (next === null) {
      note.replaceChildren('You are signed out. ', again('Sign in to go on'));
      return;
    }
    if (next !== part) {
      part.replaceWith(next);
      part = next;
      localise(part);
    }
    // What no longer asks for it has come to its end; the page around it may say more now.
    if (part.dataset.live === undefined) note.replaceChildren(again('It has ended: load the page again'));
    else schedule();
  }
}

function again(words: string): HTMLElement {
  return make('a', { href: location.href }, words);
}

/** The line behind a part; the page has kept its space, or it is made here. */
function noteAfter(part: HTMLElement): HTMLElement {
  const next = part.nextElementSibling;
  if (next instanceof HTMLElement && next.matches('[data-live-note]')) return next;
  const note = make('p', { className: 'quiet' });
  part.after(note);
  return note;
}

/** True while somebody is on a link or button in it, who would lose their place. */
function isUsed(part: HTMLElement): boolean {
  return part !== document.activeElement && part.contains(document.activeElement);
}

/** The part as it is now; itself when the server cannot be reached, and null when the session is over. */
async function fetched(part: HTMLElement): Promise<HTMLElement | null> {
  try {
    const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
    if (answer.redirected && new URL(answer.url).pathname.endsWith('/sign-in')) return null;
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const next = answer.ok ? page.getElementById(part.id) : null;
    // A page that no longer has it says that it has come to its end.
    if (answer.ok && !next) delete part.dataset.live;
    return next ? document.adoptNode(next) : part;
  } catch {
    return part;
  }
}
