/** Submits the form only after a running save has ended, with which it would collide. */
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
      // Not at once: a form ignores `requestSubmit` while it is being submitted.
      setTimeout(() => form.requestSubmit(submitter));
    });
  });
}
