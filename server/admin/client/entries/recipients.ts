import { localise } from '../frame/local-times.ts';
import { renewToken, token } from '../http.ts';
import { find, findAll, make } from '../page.ts';
import { type Uploaded, upload } from '../upload.ts';

// The form of a list, such as a draft's recipients: with a file in place of a pasted list, and a choice for each column.

const form = find<HTMLFormElement>('form[data-upload]');
const file = find<HTMLInputElement>('input[type=file]', form);
const columns = find('[data-columns]', form);
const busy = find('[data-busy]', form);
const meter = find<HTMLProgressElement>('progress', form);
const list = find<HTMLTextAreaElement>('textarea', form);
// Enough for the first line of any list.
const headBytes = 64 * 1024;

find('[data-with-script]', form).hidden = false;
file.addEventListener('change', () => void showColumns());
form.addEventListener('submit', event => {
  const [chosen] = file.files ?? [];
  if (!chosen) return;
  event.preventDefault();
  void send(chosen);
});

async function showColumns(): Promise<void> {
  const [chosen] = file.files ?? [];
  find('[data-paste]', form).hidden = chosen !== undefined;
  columns.hidden = chosen === undefined;
  if (!chosen) return;
  const headers = headersIn(await chosen.slice(0, headBytes).text());
  columns.replaceChildren(
    make('p', { className: 'quiet' }, 'Choose what each column contains, if its name does not say so.'),
    ...headers.map(choice),
  );
}

function choice(header: string): HTMLElement {
  const options = [
    make('option', { value: '?', textContent: 'by name' }),
    ...(form.dataset.upload || 'email,name')
      .split(',')
      .map(textContent => make('option', { value: textContent, textContent })),
    ...findAll('details code', form).map(({ textContent }) =>
      make('option', { value: `data.${textContent}`, textContent: `field ${textContent}` }),
    ),
    make('option', { value: '', textContent: 'not used' }),
  ];
  const select = make('select', {}, ...options);
  select.dataset.header = header;
  return make('label', { className: 'field' }, header || '(no name)', select);
}

function headersIn(text: string): string[] {
  const [line = ''] = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const delimiter = [';', '\t'].reduce(
    (best, one) => (line.split(one).length > line.split(best).length ? one : best),
    ',',
  );
  return line.split(delimiter).map(header => header.trim().replace(/^"|"$/g, ''));
}

async function send(chosen: File): Promise<void> {
  const button = find<HTMLButtonElement>('button', form);
  button.disabled = true;
  const answer = (await attempt(chosen)) ?? { status: 0, html: '', url: '' };
  button.disabled = false;
  meter.hidden = true;
  if (answer.status === 0)
    showStatus('field-error', 'The server cannot be reached. Nothing was lost; try again.');
  else if (answer.status === 401)
    showStatus(
      'field-error',
      'You are signed out. Nothing was added: sign in in another tab, then send the file again.',
    );
  else show(new DOMParser().parseFromString(answer.html, 'text/html'), answer.url);
}

async function attempt(chosen: File): Promise<Uploaded | null> {
  const body = new FormData(form);
  const choices = findAll<HTMLSelectElement>('select', columns).filter(({ value }) => value !== '?');
  for (const name of ['csv', '_csrf']) body.delete(name);
  const query = new URLSearchParams({
    ...Object.fromEntries([...body].map(([name, value]) => [name, String(value)])),
    columns: JSON.stringify(Object.fromEntries(choices.map(({ dataset, value }) => [dataset.header, value]))),
    progress: 'yes',
  });
  const once = () => {
    const headers = { 'Content-Type': 'text/csv', 'X-CSRF-Token': token().content, Accept: 'text/html' };
    return upload(`${form.action}?${query}`, chosen, headers, (what, share) =>
      showProgress(what, share, chosen),
    );
  };
  showProgress('sending', 0, chosen);
  const first = await once();
  // The session changed in another tab, and its forms with it.
  return first?.status === 403 && (await renewToken()) ? once() : first;
}

const words: Record<string, string> = { sending: 'Uploading', checking: 'Checking', adding: 'Adding' };

/** The text changes with each part only, because screen readers read it out; the bar shows the progress. */
function showProgress(what: string, share: number, { name }: File): void {
  // All has been sent: how far the server is with it is not known yet.
  const text = share >= 1 ? `Reading ${name}` : `${words[what] ?? 'Reading'} ${name}`;
  if (busy.textContent !== text) showStatus('quiet busy', text);
  meter.hidden = false;
  if (share >= 1) meter.removeAttribute('value');
  else meter.value = share;
}

function showStatus(className: string, text: string): void {
  busy.className = className;
  busy.textContent = text;
}

/** The answer is a page; what it says takes the place of this one. */
function show(answer: Document, url: string): void {
  const main = document.adoptNode(find('main', answer));
  // Its links are relative to where it came from.
  for (const link of findAll<HTMLAnchorElement>('a[href]', main)) {
    link.href = new URL(link.getAttribute('href') ?? '', url).href;
  }
  find('main').replaceWith(main);
  document.title = answer.title;
  localise(main);
  main.focus();
  scrollTo(0, 0);
}

list.addEventListener('input', () => {
  find('[data-with-script]', form).hidden = list.value !== '';
});
