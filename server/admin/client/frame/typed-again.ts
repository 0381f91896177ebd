import { find, findAll, make } from '../page.ts';

const place = 'postlane:typed';

interface Typed {
  /** Path and query of the page it was typed on. */
  page: string;
  fields: [name: string, value: string][];
}

/** On the page for signing in, shown in place of a form that came too late: keeps in this tab what the form held. */
export function keepTyped(): void {
  const section = document.querySelector<HTMLElement>('[data-typed]');
  if (!section) return;
  const { pathname, search } = new URL(section.dataset.typed ?? '', location.href);
  const fields = findAll<HTMLTextAreaElement>('[data-name]', section).map(
    ({ dataset, value }): Typed['fields'][number] => [dataset.name ?? '', value],
  );
  if (!write({ page: pathname + search, fields })) return;
  find('[data-typed-hint]', section).textContent =
    'It is put back into its form once you have signed in here. Nothing is sent before you send it.';
}

/** Back on the page of that form: puts it in again, once. */
export function giveTypedBack(): void {
  const typed = read();
  if (typed?.page !== location.pathname + location.search) return;
  const filled = typed.fields.filter(([name, value]) => fill(name, value));
  if (filled.length === 0) return;
  sessionStorage.removeItem(place);
  const words = 'What you had typed is back in the form. It has not been sent yet.';
  const note = make('p', { className: 'notice', role: 'status' }, make('span', {}, words));
  note.dataset.state = 'done';
  find('main').prepend(note);
}

function fill(name: string, value: string): boolean {
  const fields = findAll<HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement>(
    `form[method=post] [name="${CSS.escape(name)}"]:not([type=hidden], [type=password], [type=file], button)`,
  );
  const choice = fields.find(field => /^(radio|checkbox)$/.test(field.type) && field.value === value);
  const field = choice ?? fields[0];
  if (!field || (!choice && /^(radio|checkbox)$/.test(field.type))) return false;
  if (choice) (choice as HTMLInputElement).checked = true;
  else field.value = value;
  field.dispatchEvent(new CustomEvent('code:replace', { detail: value }));
  field.dispatchEvent(new Event('input', { bubbles: true }));
  return true;
}

// A browser may refuse to keep anything; then the page for signing in shows it, to be copied.
function write(typed: Typed): boolean {
  try {
    sessionStorage.setItem(place, JSON.stringify(typed));
    return true;
  } catch {
    return false;
  }
}

function read(): Typed | null {
  try {
    return JSON.parse(sessionStorage.getItem(place) ?? 'null');
  } catch {
    return null;
  }
}
