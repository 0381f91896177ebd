import { MailError } from '../../mail/index.ts';
import type { FieldError, Page } from '../page.ts';
import { notFound } from '../page-error.ts';
import { targetOf } from './target.ts';

/** The fields of the form. */
interface ChangeForm {
  address: string;
  stream: string;
  note: string;
}

const longestNote = 500;

/** The form that adds a suppression; what the query names is filled in. */
export async function showAdd(page: Page): Promise<void> {
  await renderForm(page, {
    address: page.queryText('address'),
    stream: page.queryText('stream'),
    note: page.queryText('note'),
  });
}

/** Adds a suppression, or shows the form again with its errors. */
export async function addSuppression(page: Page): Promise<void> {
  const form = formValues(page);
  const errors = errorsOf(form);
  if (errors.length > 0) return renderForm(page, form, errors);
  const { address, stream, note } = form;
  try {
    const isNew = await page.mail.suppressions.add(stream, address, note, { by: page.by });
    const text = isNew
      ? `${address} gets no more mail on stream ${stream}.`
      : `${address} was already suppressed there; nothing was changed.`;
    page.redirect(pathOf(form), text);
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    await renderForm(page, form, [{ name: 'address', message: error.message }]);
  }
}

/** Lifts a suppression; a refusal, ours or the provider's, is shown on its page. */
export async function liftSuppression(page: Page): Promise<void> {
  const { address, stream, note: given } = formValues(page);
  const note = given.slice(0, longestNote) || 'lifted by an operator';
  const [scope, topic] = [page.field('scope') || 'stream', page.field('topic')];
  const target = targetOf({ address, stream, scope, topic });
  if (!target) throw notFound('This address was never suppressed there.');
  const path = `suppressions/one?${new URLSearchParams({ scope, stream, topic, address: address.toLowerCase() })}`;
  await page.orFlashError(path, async () => {
    const { still } = await page.mail.suppressions.lift(target, note, { by: page.by });
    const where = scope === 'stream' ? ` on stream ${stream}` : '';
    const done = still
      ? `What could be lifted was lifted; ${address} still gets no mail${where}.`
      : `${address} gets mail${where} again.`;
    page.redirect(path, done);
  });
}

function formValues(page: Page): ChangeForm {
  return { address: page.field('address'), stream: page.field('stream'), note: page.field('note') };
}

function errorsOf({ address, stream, note }: ChangeForm): FieldError[] {
  const errors: FieldError[] = [];
  if (address === '') errors.push({ name: 'address', message: 'Enter an address.' });
  if (!/^([a-z][a-z0-9-]{0,30}\/)?[a-z][a-z0-9_-]{0,29}$/.test(stream))
    errors.push({ name: 'stream', message: 'Choose a stream.' });
  if (note === '') errors.push({ name: 'note', message: 'Enter a reason, e.g. asked by phone.' });
  if (note.length > longestNote)
    errors.push({ name: 'note', message: `A reason may have at most ${longestNote} characters.` });
  return errors;
}

async function renderForm(page: Page, values: ChangeForm, errors: FieldError[] = []): Promise<void> {
  const { mail } = page;
  const routed = (await mail.connections.streams()).map(({ name }) => name);
  const streams = [...new Set([...routed, ...(await mail.messages.streams())])].sort();
  page.renderForm('suppressions/new', { values, streams }, errors);
}

function pathOf({ stream, address }: ChangeForm): string {
  return `suppressions/one?${new URLSearchParams({ stream, address: address.toLowerCase() })}`;
}
