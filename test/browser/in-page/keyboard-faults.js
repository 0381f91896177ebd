// Runs in the page, after a Tab: what a script focuses then looks as it does for who uses the keyboard. Its value is a
// list of faults, each with the element that has it.
(() => {
  const natural = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [contenteditable=true]';
  const made = '[role=button], [role=link], [role=tab], [role=checkbox], [role=option], [tabindex]';
  // Their members are reached by arrow keys.
  const composite = '[role=tablist], [role=listbox], [role=menu], [role=radiogroup], [role=toolbar]';
  const shown = ['outlineStyle', 'outlineWidth', 'outlineColor', 'boxShadow', 'borderColor', 'backgroundColor'];
  const text = ['color', 'textDecorationLine'];

  const isThere = element =>
    element.checkVisibility({ visibilityProperty: true }) && !element.disabled && !element.closest('[inert]');
  const roots = [document];
  const found = [];
  for (const root of roots) {
    found.push(...root.querySelectorAll(`${natural}, ${made}`));
    for (const { shadowRoot } of root.querySelectorAll('*')) if (shadowRoot) roots.push(shadowRoot);
  }
  const elements = found.filter(isThere);
  const named = element => element.outerHTML.replace(/\s+/g, ' ').slice(0, 120);

  const unreachable = elements.filter(
    element => element.matches(`${natural}, [role=button]`) && element.tabIndex < 0 && !element.closest(composite),
  );
  const ahead = elements.filter(element => element.tabIndex > 0);
  const unseen = elements.filter(element => element.tabIndex === 0 && !changesWithFocus(element));
  return [
    ...unreachable.map(element => `cannot be reached by Tab: ${named(element)}`),
    ...ahead.map(element => `comes before its turn: ${named(element)}`),
    ...unseen.map(element => `does not show the focus: ${named(element)}`),
  ];

  // A frame around it, or around what it stands in, is as good as its own.
  function looks(element) {
    const around = [element, element.parentElement, element.parentElement?.parentElement];
    const label = element.labels?.[0];
    return [...around, label, element.getRootNode().host]
      .filter(Boolean)
      .map(one => {
        const style = getComputedStyle(one);
        const outline = style.outlineStyle === 'none' ? '' : shown.slice(0, 3).map(name => style[name]).join();
        return [outline, ...[...shown.slice(3), ...text].map(name => style[name])].join();
      })
      .join(';');
  }

  function changesWithFocus(element) {
    if (document.activeElement === element) element.blur();
    const before = looks(element);
    element.focus({ preventScroll: true });
    return looks(element) !== before;
  }
})();
