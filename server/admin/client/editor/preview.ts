import { post, token } from '../http.ts';
import { debounced, find, findAll, make } from '../page.ts';
import { fieldsIn } from './form.ts';
import type { Issue } from './issues.ts';
import { showMessage } from './messages.ts';

/** A mail as the server rendered it. */
interface ShownMail {
  subject: string;
  preheader: string;
  html: string;
  text: string;
  headers: { name: string; value: string }[];
  sizes: { html: number; text: number; mime: number };
  words: string;
  data: Record<string, unknown>;
}

interface PreviewResponse {
  mail: ShownMail | null;
  problem: string | null;
  issues: Issue[];
}

/** What the editor asks of the preview. */
export interface Preview {
  /** Something was typed or chosen. */
  changed(): void;
  now(): void;
  /** The data shown last, as JSON. */
  data(): string;
}

const waitMs = 300;
/** Half-typed text is wrong for a moment: an error over a good preview can wait. */
const issueDelayMs = 900;

/** Keeps the preview as it would be sent, by the engine that sends. */
export function previewOf(form: HTMLFormElement, onIssues: (issues: Issue[]) => void): Preview {
  let latest: AbortController | null = null;
  let mail: ShownMail | null = null;
  let view = 'desktop';
  let issueTimer: ReturnType<typeof setTimeout> | undefined;

  const ask = async () => {
    latest?.abort();
    const asked = new AbortController();
    latest = asked;
    try {
      const answer = await post<PreviewResponse>(form.dataset.preview ?? '', fieldsIn(form), asked.signal);
      if (asked.signal.aborted) return;
      if (answer.state === 'done') show(answer.body);
      else if (answer.state === 'refused') showProblem(answer.message);
    } catch {
      // A later one is on its way.
    }
  };

  const show = ({ mail: rendered, problem, issues }: PreviewResponse) => {
    clearTimeout(issueTimer);
    const showIssues = () => {
      showProblem(rendered ? null : reason(problem, issues, mail !== null));
      onIssues(issues);
    };
    if (rendered || !mail) showIssues();
    else issueTimer = setTimeout(showIssues, issueDelayMs);
    if (!rendered) return;
    const isNew = rendered.html !== mail?.html;
    mail = rendered;
    for (const button of findAll('[data-sample-from-preview]', form)) button.hidden = false;
    showFacts(rendered);
    if (isNew) showFrame(form, rendered.html, view);
  };

  const choose = (chosen: string) => {
    const wasDark = view === 'dark';
    view = chosen;
    find('[data-stage]').dataset.shown = chosen;
    for (const chip of findAll('[data-view]'))
      chip.setAttribute('aria-pressed', String(chip.dataset.view === chosen));
    find('[data-dark-note]').hidden = chosen !== 'dark';
    find('[data-text]').hidden = chosen !== 'text';
    find('[data-headers]').hidden = chosen !== 'headers';
    find('[data-frame-box]').hidden = chosen === 'text' || chosen === 'headers';
    if (mail && wasDark !== (chosen === 'dark')) showFrame(form, mail.html, view);
  };

  const later = debounced(() => void ask(), waitMs);
  for (const chip of findAll('[data-view]'))
    chip.addEventListener('click', () => choose(chip.dataset.view ?? ''));
  askForRecipient(form);
  return { changed: later, now: later.now, data: () => JSON.stringify(mail?.data ?? {}, null, 2) };
}

// An issue says it with its line and in plainer words than the engine.
function reason(problem: string | null, issues: readonly Issue[], isShown: boolean): string {
  if (problem !== null && issues.every(({ severity }) => severity !== 'error')) return problem;
  const errors = 'There are errors: see the list.';
  return isShown ? `${errors} The preview shows the last version without errors.` : errors;
}

function showProblem(problem: string | null): void {
  const place = find('[data-problem]');
  place.hidden = problem === null;
  place.replaceChildren(make('span', {}, problem ?? ''));
}

function showFacts({ subject, preheader, text, headers, sizes, words }: ShownMail): void {
  showMessage('preview', null);
  find('[data-subject]').textContent = subject || '(no subject)';
  find('[data-preheader]').textContent = preheader;
  find('[data-text]').textContent = text;
  find('[data-size]').textContent = `${kilobytes(sizes.html)} HTML, ${kilobytes(sizes.mime)} in all`;
  find('[data-headers]').replaceChildren(
    ...[...headers, { name: 'Language', value: words }].flatMap(({ name, value }) => [
      make('dt', { textContent: name }),
      make('dd', { textContent: value }),
    ]),
  );
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(bytes < 10_240 ? 1 : 0)} kB`;
}

let frames = 0;

/**
 * Shows HTML in a frame without scripts. A document of its own, with the policy of mails, takes a request of its own:
 * a form posts the HTML into a new frame, and the old one goes when the new one is there.
 */
function showFrame(form: HTMLFormElement, html: string, view: string): void {
  const box = find('[data-frame-box]');
  const name = `preview-${++frames}`;
  const frame = make('iframe', { name, title: 'The mail as its recipient sees it', className: 'coming' });
  frame.setAttribute('sandbox', '');
  const scheme = view === 'dark' ? 'dark' : 'light';
  frame.dataset.scheme = scheme;
  const echo = make('form', { method: 'post', action: form.dataset.frame ?? '', target: name, hidden: true });
  const fields = { _csrf: token().content, scheme, html };
  echo.append(
    ...Object.entries(fields).map(([field, value]) => make('input', { type: 'hidden', name: field, value })),
  );
  box.append(frame);
  document.body.append(echo);
  frame.addEventListener('load', () => {
    for (const old of findAll('iframe', box))
      if (old !== frame && Number(old.dataset.number ?? 0) < frames) old.remove();
    frame.classList.remove('coming');
  });
  echo.submit();
  echo.remove();
}

/** The address is asked for only where it is wanted. */
function askForRecipient(form: HTMLFormElement): void {
  const data = form.querySelector<HTMLSelectElement>('[data-show="data"]');
  const place = form.querySelector<HTMLElement>('[data-recipient]');
  if (!data || !place) return;
  const update = () => {
    place.hidden = data.value !== 'recipient';
  };
  // It was there for browsers without script.
  delete place.dataset.untilScript;
  data.addEventListener('change', update);
  update();
}
