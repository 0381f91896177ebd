import { find, make } from '../page.ts';

/** A message above the panes, with what can be done about it. */
export interface Message {
  tone: 'failed' | 'held' | 'sent';
  text: string;
  actions?: { label: string; run: () => void }[];
}

/** Shows one message of its kind, in place of the previous one; null removes it. */
export function showMessage(kind: string, message: Message | null): void {
  const place = find('[data-messages]');
  const before = place.querySelector(`[data-message="${kind}"]`);
  if (!message) {
    before?.remove();
    return;
  }
  const { tone, text, actions = [] } = message;
  const note = make('div', { className: 'note', role: tone === 'failed' ? 'alert' : 'status' });
  note.dataset.state = tone;
  note.dataset.message = kind;
  const buttons = actions.map(({ label, run }) => {
    const button = make('button', { type: 'button', className: 'quiet-button small', textContent: label });
    button.addEventListener('click', run);
    return button;
  });
  note.append(make('span', {}, text), make('span', { className: 'actions' }, ...buttons));
  if (before) before.replaceWith(note);
  else place.append(note);
}
