import { findAll, make } from '../page.ts';

let count = 0;

/** Makes tabs of the parts of an element that carry `data-tab`; without a script they stand one below the other. */
export function makeTabs(container: HTMLElement): void {
  const panels = findAll(':scope > [data-tab]', container);
  if (panels.length < 2) return;
  const list = make('div', { className: 'tab-list', role: 'tablist' });
  list.setAttribute('aria-label', container.dataset.tabs ?? '');
  const tabs = panels.map(panel => {
    const id = `tab-${++count}`;
    const tab = make('button', { type: 'button', role: 'tab', id, textContent: panel.dataset.tab ?? '' });
    panel.id ||= `panel-${count}`;
    panel.setAttribute('role', 'tabpanel');
    panel.setAttribute('aria-labelledby', id);
    panel.removeAttribute('aria-label');
    tab.setAttribute('aria-controls', panel.id);
    panel.addEventListener('tab:open', () => open(tab));
    tab.addEventListener('click', () => open(tab));
    return tab;
  });
  const open = (chosen: HTMLElement) => {
    for (const [i, tab] of tabs.entries()) {
      const isChosen = tab === chosen;
      tab.setAttribute('aria-selected', String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      const panel = panels[i];
      if (panel) panel.hidden = !isChosen;
    }
  };
  list.addEventListener('keydown', event => {
    const next = neighbour(tabs, event);
    if (!next) return;
    event.preventDefault();
    open(next);
    next.focus();
  });
  list.append(...tabs);
  container.prepend(list);
  container.classList.add('has-tabs');
  const first = tabs[panels.findIndex(panel => panel.dataset.opens !== undefined)] ?? tabs[0];
  if (first) open(first);
}

/** Opens every tab that an element is in. */
export function openTabsOf(element: Element): void {
  for (
    let panel = element.closest('[role="tabpanel"]');
    panel;
    panel = panel.parentElement?.closest('[role="tabpanel"]') ?? null
  )
    panel.dispatchEvent(new Event('tab:open'));
}

function neighbour(tabs: readonly HTMLElement[], { key, target }: KeyboardEvent): HTMLElement | undefined {
  const at = tabs.findIndex(tab => tab.id === (target as HTMLElement).id);
  const moves: Record<string, number> = {
    ArrowRight: at + 1,
    ArrowLeft: at - 1,
    Home: 0,
    End: tabs.length - 1,
  };
  const to = moves[key];
  return to === undefined ? undefined : tabs.at(to % tabs.length);
}
