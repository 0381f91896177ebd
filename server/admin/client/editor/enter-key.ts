/**
 * Enter in a field that has a button of its own beside it, such as the language to add, presses that button. Otherwise it
 * would press the form's first one, and save the draft.
 */
export function enterPressesOwnButton(form: HTMLFormElement): void {
  form.addEventListener('keydown', event => {
    if (event.key !== 'Enter' || event.isComposing || !(event.target instanceof HTMLInputElement)) return;
    const own = event.target
      .closest('.menu-body, fieldset')
      ?.querySelector<HTMLButtonElement>('button[name="next"]');
    if (!own) return;
    event.preventDefault();
    own.click();
  });
}
