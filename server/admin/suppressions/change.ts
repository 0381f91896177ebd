import Joi from 'joi';
import { MailError } from '../../mail/index.ts';
import { type FieldError, type FormSchema, field } from '../form.ts';
import type { PageForm } from '../guarded-pages.ts';
import type { Page } from '../page.ts';
import { notFound } from '../page-error.ts';
import { targetOf } from './target.ts';

/** The fields of the form that adds one. */
interface ChangeForm {
  address: string;
  stream: string;
  note: string;
}

/** The fields of the form that lifts one. */
interface LiftForm extends ChangeForm {
  scope: string;
  topic: string;
}

const longestNote = 500;

/** What the form for adding one holds; with a mistake it is shown again. */
export const addForm: PageForm<ChangeForm> = {
  schema: Joi.object({
    address: field.requiredLine(254, 'Enter an address, of at most 254 characters.'),
    stream: field
      .requiredLine(64, 'Choose a stream.')
      .pattern(/^([a-z][a-z0-9-]{0,30}\/)?[a-z][a-z0-9_-]{0,29}$/),
    note: field.requiredLine(
      longestNote,
      `Enter a reason of at most ${longestNote} characters, e.g. asked by phone.`,
    ),
  }),
  again: (page, { address = '', stream = '', note = '' }, errors) =>
    renderForm(page, { address, stream, note }, errors),
};

/** What the form for lifting one holds: it names what its page shows, to the letter. */
export const liftForm: FormSchema<LiftForm> = Joi.object({
  address: field.exact(254, 'There is no such suppression.'),
  stream: field.line(64, 'There is no such stream.'),
  scope: field.line(32, 'There is no such scope.'),
  topic: field.line(64, 'There is no such topic.'),
  note: field.line(longestNote, `A reason may have at most ${longestNote} characters.`),
});

/** The form that adds a suppression; what the query names is filled in. */
export async function showAdd(page: Page): Promise<void> {
  await renderForm(page, {
    address: page.queryText('address'),
    stream: page.queryText('stream'),
    note: page.queryText('note'),
  });
}

/** Adds a suppression, or shows the form again with its errors. */
export async function addSuppression(page: Page, form: ChangeForm): Promise<void> {
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
export async function liftSuppression(page: Page, form: LiftForm): Promise<void> {
  const { address, stream, topic } = form;
  const note = form.note || 'lifted by an operator';
  const scope = form.scope || 'stream';
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

async function renderForm(page: Page, values: ChangeForm, errors: FieldError[] = []): Promise<void> {
  const { mail } = page;
  const routed = (await mail.connections.streams()).map(({ name }) => name);
  const streams = [...new Set([...routed, ...(await mail.messages.streams())])].sort();
  page.renderForm('suppressions/new', { values, streams }, errors);
}

function pathOf({ stream, address }: ChangeForm): string {
  return `suppressions/one?${new URLSearchParams({ stream, address: address.toLowerCase() })}`;
}
