import { type Answer, post } from '../http.ts';
import { debounced, find, findAll } from '../page.ts';
import { draftIn, fieldsIn } from './form.ts';
import { removeLocalDraft, storeLocalDraft } from './local-draft.ts';
import { type Message, showMessage } from './messages.ts';
import { offerLocalDraft } from './offer-local-draft.ts';
import { submitAfterSaving } from './submit.ts';
import { timeOf } from './time.ts';

type SavedDraft = { revision: number; at: string; hasDraft: boolean };

/** Saves the draft while it is edited. */
export interface Saving {
  /** Something was changed. */
  changed(): void;
  /** Saves now; true when everything on the page is saved. */
  save(): Promise<boolean>;
}

const autosaveMs = 1_500;
const storeLocallyMs = 300;
const retryMs = 10_000;

/** Saves the draft a moment after each change; until that works, it is stored in the browser. */
export function savingOf(form: HTMLFormElement): Saving {
  const { ref = '' } = form.dataset;
  let stored = draftIn(form);
  let running: Promise<boolean> | null = null;
  let blocked = false;
  const isDirty = () => draftIn(form) !== stored;

  const storeLocally = debounced(() => {
    if (isDirty())
      storeLocalDraft(ref, {
        at: new Date().toISOString(),
        revision: revisionIn(form),
        fields: draftIn(form),
      });
  }, storeLocallyMs);
  const autosave = debounced(() => {
    if (!blocked) void save();
  }, autosaveMs);

  const save = async (): Promise<boolean> => {
    if (running) await running;
    if (!isDirty()) return true;
    const sent = draftIn(form);
    showStatus('Saving …');
    running = post<SavedDraft>(form.action, fieldsIn(form))
      .then(answer => settle(answer, sent))
      .finally(() => {
        running = null;
      });
    return running;
  };

  const settle = (answer: Answer<SavedDraft>, sent: string): boolean => {
    blocked = answer.state === 'conflict' || answer.state === 'signed-out';
    showMessage(
      'saving',
      messageFor(answer, form, () => void save()),
    );
    if (answer.state !== 'done') {
      showStatus('Not saved', 'failed');
      storeLocally.now();
      if (answer.state === 'unreachable') setTimeout(autosave, retryMs);
      return false;
    }
    stored = sent;
    setRevision(form, answer.body.revision);
    for (const shown of findAll('[data-draft]')) shown.hidden = !answer.body.hasDraft;
    showStatus(
      answer.body.hasDraft ? `Draft saved at ${timeOf(answer.body.at)}` : 'Same as the published version',
    );
    if (isDirty()) autosave();
    else removeLocalDraft(ref);
    return true;
  };

  addEventListener('beforeunload', event => {
    if (isDirty()) event.preventDefault();
  });
  // Signed in again in another tab: the changes are saved right away.
  addEventListener('focus', () => {
    if (isDirty()) autosave.now();
  });
  submitAfterSaving(form, save, () => {
    stored = draftIn(form);
    removeLocalDraft(ref);
  });
  offerLocalDraft(form, ref, stored);

  return {
    save,
    changed() {
      if (!isDirty()) return;
      showStatus('Unsaved changes');
      storeLocally();
      autosave();
    },
  };
}

function messageFor(answer: Answer<SavedDraft>, form: HTMLFormElement, again: () => void): Message | null {
  delete form.dataset.conflict;
  switch (answer.state) {
    case 'done':
      return null;
    case 'conflict':
      form.dataset.conflict = 'yes';
      return {
        tone: 'held',
        text: 'Somebody else changed this draft. Yours did not overwrite it; everything you typed is still here.',
        actions: [{ label: 'Compare and merge', run: () => form.requestSubmit() }],
      };
    case 'signed-out':
      return {
        tone: 'failed',
        text: 'You are signed out. What you typed is kept in this browser: sign in in another tab, then save here again.',
        actions: [
          {
            label: 'Sign in in a new tab',
            run: () => window.open(find('.brand').getAttribute('href') ?? './'),
          },
          { label: 'Save again', run: again },
        ],
      };
    case 'refused':
      return { tone: 'failed', text: `Not saved: ${answer.message}` };
    case 'unreachable':
      return {
        tone: 'failed',
        text: 'The server cannot be reached. What you typed is kept in this browser and will be saved when it can.',
        actions: [{ label: 'Try now', run: again }],
      };
  }
}

function revisionIn(form: HTMLFormElement): string {
  return find<HTMLInputElement>('[name="revision"]', form).value;
}

function setRevision(form: HTMLFormElement, revision: number): void {
  find<HTMLInputElement>('[name="revision"]', form).value = String(revision);
  for (const other of findAll<HTMLInputElement>('[data-revision]')) other.value = String(revision);
}

function showStatus(text: string, tone = ''): void {
  const place = find('[data-saving]');
  place.textContent = text;
  place.dataset.tone = tone;
}
