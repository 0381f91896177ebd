import { find, findAll, make } from '../page.ts';
import { personOfTab, personOnPage } from './own-storage.ts';

const storageKey = 'postlane:unsent-form';

interface UnsentForm {
  /** The id of who typed it. */
  owner: string;
  /** Path and query of the page it was typed on. */
  page: string;
  fields: [name: string, value: string][];
}

/** On the sign-in page, shown when a form was sent after the session had ended: stores the form's values in this tab. */
export function storeForm(): void {
  const section = document.querySelector<HTMLElement>('[data-unsent-form]');
  if (!section) return;
  const { pathname, search } = new URL(section.dataset.unsentForm ?? '', location.href);
  const fields = findAll<HTMLTextAreaElement>('[data-name]', section).map(
    ({ dataset, value }): UnsentForm['fields'][number] => [dataset.name ?? '', value],
  );
  const owner = personOfTab();
  if (owner === null || !write({ owner, page: pathname + search, fields })) return;
  find('[data-unsent-hint]', section).textContent =
    'It is put back into its form once you have signed in here. Nothing is sent until you send it.';
}

/** Back on the page of that form: fills in its values, once. */
export function restoreForm(): void {
  const unsent = read();
  const person = personOnPage();
  if (unsent && person !== null && unsent.owner !== person) sessionStorage.removeItem(storageKey);
  if (unsent?.owner !== person) return;
  if (unsent?.page !== location.pathname + location.search) return;
  const filled = unsent.fields.filter(([name, value]) => fill(name, value));
  if (filled.length === 0) return;
  sessionStorage.removeItem(storageKey);
  const words = 'Your text has been restored in the form. It has not been sent yet.';
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

// A browser may refuse to store anything; then the sign-in page shows the values, to be copied.
function write(form: UnsentForm): boolean {
  try {
    sessionStorage.setItem(storageKey, JSON.stringify(form));
    return true;
  } catch {
    return false;
  }
}

function read(): UnsentForm | null {
  try {
    return JSON.parse(sessionStorage.getItem(storageKey) ?? 'null');
  } catch {
    return null;
  }
}
