import { findAll } from '../page.ts';

// The replay takes seconds: the page is there first, and shows what comes as it comes. One after the other: they share
// the threads that render, and a layout may touch every template.
void showAll(findAll('[data-replay]'));

async function showAll(sections: readonly HTMLElement[]): Promise<void> {
  const [first] = sections;
  if (!first) return;
  const place = document.createComment('replays');
  first.before(place);
  for (const section of sections) await showReplay(section);
  const ranked = [...sections].sort((a, b) => rankOf(a) - rankOf(b));
  if (ranked.every((section, i) => section === sections[i])) place.remove();
  else place.replaceWith(...ranked);
}

/** Templates that fail come before those that would look otherwise, and these before the rest. */
function rankOf(section: HTMLElement): number {
  const result = section.querySelector<HTMLElement>('[data-replay-result]');
  return ['failure', 'difference', 'same'].indexOf(result?.dataset.replayResult ?? 'failure');
}

async function showReplay(section: HTMLElement): Promise<void> {
  const body = section.querySelector('[data-replay-body]');
  const { replay } = section.dataset;
  if (!body || !replay) return;
  const link = [...body.childNodes];
  body.replaceChildren('Rendering the last messages ');
  body.classList.add('busy');
  try {
    const response = await fetch(replay, { headers: { Accept: 'text/html' } });
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    const result = page.querySelector('[data-replay-result]');
    // Pictures are a click away: what has changed in the source is to be seen as well.
    for (const shown of result?.querySelectorAll('details[open]') ?? []) shown.removeAttribute('open');
    body.replaceWith(...(result ? [result] : link));
  } catch {
    body.classList.remove('busy');
    body.replaceChildren(...link);
  }
}
