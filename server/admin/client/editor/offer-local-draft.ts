import { findAll, make } from '../page.ts';
import { isDraftField } from './form.ts';
import { localDraftOf, removeLocalDraft } from './local-draft.ts';
import { showMessage } from './messages.ts';
import { timeOf } from './time.ts';

/** Offers to restore what an earlier visit could not save. */
export function offerLocalDraft(form: HTMLFormElement, ref: string, stored: string): void {
  const draft = localDraftOf(ref);
  if (!draft) return;
  if (draft.fields === stored) {
    removeLocalDraft(ref);
    return;
  }
  showMessage('draft', {
    tone: 'held',
    text: `This browser holds unsaved text from ${timeOf(draft.at)}.`,
    actions: [
      {
        label: 'Restore it',
        run: () => {
          fill(form, new URLSearchParams(draft.fields));
          showMessage('draft', null);
        },
      },
      {
        label: 'Discard it',
        run: () => {
          removeLocalDraft(ref);
          showMessage('draft', null);
        },
      },
    ],
  });
}

function fill(form: HTMLFormElement, fields: URLSearchParams): void {
  // A box that is not ticked is not among the fields.
  for (const box of findAll<HTMLInputElement>('input[type=checkbox][name]', form))
    if (isDraftField(box.name)) box.checked = false;
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
