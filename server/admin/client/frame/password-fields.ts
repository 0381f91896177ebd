import { debounced, find, findAll, make } from '../page.ts';

/** Adds a button to each password field that shows what was typed, and says of a new password how long it is. */
export function helpWithPasswords(): void {
  for (const field of findAll<HTMLInputElement>('input[type=password]')) addShowButton(field);
  for (const strength of findAll('[data-strength-of]')) {
    const field = find<HTMLInputElement>(`#${strength.dataset.strengthOf}`);
    showStrength(field, strength);
  }
}

function addShowButton(field: HTMLInputElement): void {
  const word = make('span', { textContent: 'Show' });
  const what = make('span', { className: 'visually-hidden', textContent: ' what is typed' });
  const button = make('button', { type: 'button', className: 'quiet-button small' }, word, what);
  button.addEventListener('click', () => {
    const isShown = field.type === 'text';
    field.type = isShown ? 'password' : 'text';
    word.textContent = isShown ? 'Show' : 'Hide';
  });
  // It is sent as a password whatever it looks like, so that no browser keeps it among texts.
  field.form?.addEventListener('submit', () => {
    field.type = 'password';
    word.textContent = 'Show';
  });
  const around = make('div', { className: 'revealed' });
  field.replaceWith(around);
  around.append(field, button);
}

function showStrength(field: HTMLInputElement, strength: HTMLElement): void {
  const meter = find<HTMLMeterElement>('meter', strength);
  const words = find('output', strength);
  const say = debounced(() => {
    const { value, text } = strengthOf(field.value, field.minLength);
    meter.value = value;
    words.textContent = text;
  }, 300);
  field.addEventListener('input', say);
  strength.hidden = false;
}

/** How hard a password is to guess, by its length alone: the server knows the common ones. */
function strengthOf(password: string, shortest: number): { value: number; text: string } {
  const length = [...password].length;
  if (length === 0) return { value: 0, text: '' };
  if (length < shortest) return { value: 1, text: `Too short: ${length} of ${shortest} characters` };
  if (new Set(password).size < 5) return { value: 1, text: 'Too few different characters' };
  if (length < 16) return { value: 2, text: 'Fair, if it is not a name, a date or a common word' };
  return length < 20 ? { value: 3, text: 'Good' } : { value: 4, text: 'Strong' };
}
