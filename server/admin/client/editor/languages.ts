import { find, findAll } from '../page.ts';

/** The languages of a template, one of which is shown. */
export interface Languages {
  shown(): string;
  show(locale: string): void;
}

/** Shows one language at a time, with a button for each where there are several. */
export function languagesOf(form: HTMLFormElement, onShow: (locale: string) => void): Languages {
  const chips = findAll<HTMLButtonElement>('[data-language]', form);
  const panes = findAll('[data-panes]', form);
  const remembered = find<HTMLInputElement>('[name="shownLanguage"]', form);
  const show = (locale: string) => {
    for (const chip of chips) {
      chip.hidden = chips.length < 2;
      chip.setAttribute('aria-pressed', String(chip.dataset.language === locale));
    }
    for (const pane of panes) pane.hidden = pane.dataset.panes !== locale;
    remembered.value = locale;
    const shown = form.querySelector<HTMLInputElement>('[data-show="locale"]');
    if (shown) shown.value = locale;
    onShow(locale);
  };
  for (const chip of chips) chip.addEventListener('click', () => show(chip.dataset.language ?? 'default'));
  return { show, shown: () => remembered.value };
}
