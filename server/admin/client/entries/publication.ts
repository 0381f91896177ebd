import { findAll } from '../page.ts';

// The replay takes seconds: the page is there first, and shows what comes as it comes.
for (const section of findAll('[data-replay]')) void showReplay(section);

async function showReplay(section: HTMLElement): Promise<void> {
  const body = section.querySelector('[data-replay-body]');
  const { replay } = section.dataset;
  if (!body || !replay) return;
  const link = [...body.childNodes];
  body.replaceChildren('Rendering the last messages …');
  body.classList.add('busy');
  try {
    const response = await fetch(replay, { headers: { Accept: 'text/html' } });
    const page = new DOMParser().parseFromString(await response.text(), 'text/html');
    const result = page.querySelector('[data-replay-result]');
    body.replaceWith(...(result ? [result] : link));
  } catch {
    body.classList.remove('busy');
    body.replaceChildren(...link);
  }
}
