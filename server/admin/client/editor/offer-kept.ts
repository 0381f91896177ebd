import { findAll, make } from '../page.ts';
import { isTyped } from './form.ts';
import { forget, keptOf } from './kept.ts';
import { showMessage } from './messages.ts';
import { timeOf } from './time.ts';

/** What an earlier visit could not store can be taken back. */
export function offerKept(form: HTMLFormElement, ref: string, stored: string): void {
  const kept = keptOf(ref);
  if (!kept) return;
  if (kept.fields === stored) {
    forget(ref);
    return;
  }
  showMessage('kept', {
    tone: 'held',
    text: `There is text of ${timeOf(kept.at)} in this browser that was never saved.`,
    actions: [
      {
        label: 'Take it back',
        run: () => {
          fill(form, new URLSearchParams(kept.fields));
          showMessage('kept', null);
        },
      },
      {
        label: 'Forget it',
        run: () => {
          forget(ref);
          showMessage('kept', null);
        },
      },
    ],
  });
}

function fill(form: HTMLFormElement, fields: URLSearchParams): void {
  // A box that is not ticked is not among the fields.
  for (const box of findAll<HTMLInputElement>('input[type=checkbox][name]', form))
    if (isTyped(box.name)) box.checked = false;
  for (const [name, value] of fields) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLTextAreaElement) {
      field.value = value;
      field.dispatchEvent(new CustomEvent('code:replace', { detail: value }));
    } else if (field instanceof HTMLSelectElement || field instanceof HTMLInputElement) {
      if (field.type === 'checkbox') (field as HTMLInputElement).checked = true;
      else field.value = value;
    } else {
      // A row of the contract, or a language, that the page does not have.
      form.append(make('input', { type: 'hidden', name, value }));
    }
  }
  form.dispatchEvent(new Event('input', { bubbles: true }));
}
