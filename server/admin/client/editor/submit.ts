/** A button of the form sends all of it, and so would collide with a save that is on its way. */
export function submitAfterSaving(
  form: HTMLFormElement,
  save: () => Promise<boolean>,
  onSent: () => void,
): void {
  let ready = false;
  form.addEventListener('submit', event => {
    if (ready) {
      onSent();
      return;
    }
    event.preventDefault();
    const { submitter } = event;
    void save().then(saved => {
      // A conflict is shown by the page that the form itself leads to.
      if (!saved && !form.dataset.conflict) return;
      ready = true;
      // Not at once: a form that is just being submitted ignores the wish to be submitted.
      setTimeout(() => form.requestSubmit(submitter));
    });
  });
}
