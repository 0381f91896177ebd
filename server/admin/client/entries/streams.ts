import { token } from '../http.ts';
import { find, findAll, make } from '../page.ts';

// Transports are tested in place, slow actions show that they are busy, and what must be entered at the provider can be copied.

for (const form of findAll<HTMLFormElement>('form[data-in-place]')) {
  form.addEventListener('submit', event => {
    event.preventDefault();
    void answerInPlace(form);
  });
}
for (const form of findAll<HTMLFormElement>('form[data-busy]')) {
  form.addEventListener('submit', () => {
    const button = find<HTMLButtonElement>('button', form);
    button.after(busy(form.dataset.busy));
    button.disabled = true;
  });
}
for (const field of findAll<HTMLInputElement>('input[data-copy]')) offerCopy(field);

async function answerInPlace(form: HTMLFormElement): Promise<void> {
  const button = find<HTMLButtonElement>('button', form);
  const place = find('[data-place]', form.parentElement ?? document);
  button.disabled = true;
  place.replaceChildren(busy(form.dataset.inPlace));
  try {
    const answer = await fetch(form.action, {
      method: 'POST',
      headers: { Accept: 'text/html', 'X-CSRF-Token': token().content },
      body: new URLSearchParams(),
    });
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const found = page.querySelector('[data-answer]');
    // No answer but another page, such as the one to sign in: it is asked for as without a script.
    if (!found) return form.submit();
    place.replaceChildren(document.adoptNode(found));
  } catch {
    place.replaceChildren(
      make('p', { className: 'field-error' }, 'The server cannot be reached. Try again.'),
    );
  } finally {
    button.disabled = false;
  }
}

function busy(words = 'Working'): HTMLElement {
  return make('span', { className: 'quiet busy' }, words);
}

function offerCopy(field: HTMLInputElement): void {
  const button = make('button', { type: 'button', className: 'small quiet-button' }, 'Copy');
  button.setAttribute('aria-label', `Copy ${field.dataset.copy ?? ''}`);
  button.addEventListener('click', () => void copy(field, button));
  field.addEventListener('focus', () => field.select());
  field.after(button);
}

async function copy(field: HTMLInputElement, button: HTMLButtonElement): Promise<void> {
  try {
    await navigator.clipboard.writeText(field.value);
    button.textContent = 'Copied';
    setTimeout(() => {
      button.textContent = 'Copy';
    }, 2000);
  } catch {
    // Not allowed, or no https: selected, it can be copied by hand.
    field.select();
  }
}
