import { localise } from '../frame/local-times.ts';
import { findAll, make } from '../page.ts';

// Parts of a page that change by themselves: [data-live="seconds"] with an id is fetched again and replaced.

for (const part of findAll('[data-live]')) refreshRegularly(part);

function refreshRegularly(first: HTMLElement): void {
  let part = first;
  let stopped = false;
  const button = make('button', { type: 'button', className: 'link-button', textContent: 'Stop refreshing' });
  const note = noteAfter(part);
  note.append('Refreshes automatically. ', button);
  button.addEventListener('click', () => {
    stopped = !stopped;
    button.textContent = stopped ? 'Resume refreshing' : 'Stop refreshing';
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
      note.replaceChildren('You are signed out. ', reloadLink('Sign in to continue'));
      return;
    }
    if (next !== part) {
      part.replaceWith(next);
      part = next;
      localise(part);
    }
    // A part that no longer asks for it is final; the page around it may say more now.
    if (part.dataset.live === undefined) note.replaceChildren(reloadLink('Finished: reload the page'));
    else schedule();
  }
}

function reloadLink(words: string): HTMLElement {
  return make('a', { href: location.href }, words);
}

/** The line below a part: the one that the page has for it, or a new one. */
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
    // On a page that no longer has the part, it is final.
    if (answer.ok && !next) delete part.dataset.live;
    return next ? document.adoptNode(next) : part;
  } catch {
    return part;
  }
}
