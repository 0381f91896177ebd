/** A form can be sent again only after this long, in ms: a double click is one request. */
const pauseMs = 3000;

/** Keeps forms that change something from being sent twice by a double click or an impatient one. */
export function sendOnce(): void {
  const sent = new WeakMap<EventTarget, number>();
  document.addEventListener('submit', event => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== 'post' || event.defaultPrevented) return;
    if (performance.now() - (sent.get(form) ?? Number.NEGATIVE_INFINITY) < pauseMs) event.preventDefault();
    else sent.set(form, performance.now());
  });
}
