/** A form can be sent again only after this long, in ms. */
const pauseMs = 3000;

/** Prevents a form that changes something from being sent twice by a double click. */
export function preventDoubleSubmit(): void {
  const sent = new WeakMap<EventTarget, number>();
  document.addEventListener('submit', event => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== 'post' || event.defaultPrevented) return;
    if (performance.now() - (sent.get(form) ?? Number.NEGATIVE_INFINITY) < pauseMs) event.preventDefault();
    else sent.set(form, performance.now());
  });
}
