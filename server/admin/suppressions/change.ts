import Joi from 'joi';
import { MailError } from '../../mail/index.ts';
import { type FieldError, type FormSchema, field } from '../form.ts';
import type { PageForm } from '../guarded-pages.ts';
import type { Page } from '../page.ts';
import { notFound } from '../page-error.ts';
import { type Place, placeChoices, placeLabel, placeOf } from './places.ts';
import { targetOf } from './target.ts';

/** Whose page a form stands on, and leads back to: the suppression's own, or the person's. */
type From = 'suppression' | 'person';

/** The fields of the form that adds one. */
interface AddForm {
  address: string;
  /** See {@link placeOf}. */
  place: string;
  note: string;
  /** The last day on which it stands, `YYYY-MM-DD` in UTC; empty for as long as nobody lifts it. */
  until: string;
  from: From;
}

/** The fields of the form that lifts one. */
interface LiftForm {
  address: string;
  stream: string;
  note: string;
  scope: string;
  topic: string;
  from: From;
}

const longestNote = 500;
const from = field.choice<From>(['suppression', 'person'], 'There is no such page to go back to.');

/** A day as a date field gives it; empty when it is left out. */
export const lastDay = field.line(10, 'Choose a day, such as 2026-12-31.').pattern(/^\d{4}-\d\d-\d\d$/);

/** What the form for adding one holds; with a mistake it is shown again. */
export const addForm: PageForm<AddForm> = {
  schema: Joi.object({
    address: field.requiredLine(254, 'Enter an address, of at most 254 characters.'),
    place: field.requiredLine(100, 'Choose what the address gets no more.'),
    note: field.requiredLine(
      longestNote,
      `Enter a reason of at most ${longestNote} characters, e.g. asked by phone.`,
    ),
    until: lastDay,
    from,
  }),
  again: (page, { address = '', place = '', note = '', until = '', from: back }, errors) =>
    renderForm(page, { address, place, note, until, from: back === 'person' ? back : 'suppression' }, errors),
};

/** What the form for lifting one holds: it names what its page shows, to the letter. */
export const liftForm: FormSchema<LiftForm> = Joi.object({
  address: field.exact(254, 'There is no such suppression.'),
  stream: field.line(64, 'There is no such stream.'),
  scope: field.line(32, 'There is no such scope.'),
  topic: field.line(64, 'There is no such topic.'),
  note: field.line(longestNote, `A reason may have at most ${longestNote} characters.`),
  from,
});

/** The form that adds a suppression; what the query names is filled in. */
export async function showAdd(page: Page): Promise<void> {
  await renderForm(page, {
    address: page.queryText('address'),
    place: page.queryText('place'),
    note: page.queryText('note'),
    until: '',
    from: 'suppression',
  });
}

/** Adds a suppression, or shows the form again with its errors. */
export async function addSuppression(page: Page, form: AddForm): Promise<void> {
  const { address, note } = form;
  const place = placeOf(form.place, new Set((await placeChoices(page.mail)).streams));
  if (!place) {
    const message = 'Choose what the address gets no more: there is no such stream.';
    await renderForm(page, form, [{ name: 'place', message }]);
    return;
  }
  try {
    const expiresAt = endOf(form.until);
    const isNew = await page.mail.suppressions.add(
      { ...place, address, note, ...(expiresAt && { expiresAt }) },
      { by: page.by },
    );
    const text = isNew
      ? `${address} gets no more mail: ${labelOf(place)}${form.until && `, until ${form.until}`}.`
      : `${address} was already suppressed there for as long; nothing was changed.`;
    page.redirect(pathBack(form.from, { ...place, address }), text);
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    await renderForm(page, form, [errorOf(error)]);
  }
}

/** Lifts a suppression; a refusal, ours or the provider's, is shown on the page that it was asked on. */
export async function liftSuppression(page: Page, form: LiftForm): Promise<void> {
  const { address, stream, topic } = form;
  const note = form.note || 'lifted by an operator';
  const target = targetOf({ address, stream, scope: form.scope || 'stream', topic });
  if (!target) throw notFound('This address was never suppressed there.');
  const path = pathBack(form.from, target);
  await page.orFlashError(path, async () => {
    const { still } = await page.mail.suppressions.lift(target, note, { by: page.by });
    const done = still
      ? `What could be lifted was lifted; something stronger still stands for ${address}: ${labelOf(target)}.`
      : `${address} gets mail again: ${labelOf(target)}.`;
    page.redirect(path, done);
  });
}

/** The moment behind a last day; null for none. */
export function endOf(lastDay: string): Date | null {
  if (lastDay === '') return null;
  const end = new Date(`${lastDay}T00:00:00Z`);
  if (Number.isNaN(end.getTime())) throw new MailError('invalid-input', 'There is no such day.', 'expiresAt');
  return new Date(end.getTime() + 24 * 3_600_000);
}

/** A place in words. */
export function labelOf({ scope, stream = '', topic = '' }: Place): string {
  return placeLabel({ scope, stream, topic });
}

function errorOf({ field: name, message }: MailError): FieldError {
  if (name === 'expiresAt') return { name: 'until', message: 'Choose a day that is not past.' };
  return { name: name === 'stream' || name === 'topic' ? 'place' : 'address', message };
}

async function renderForm(page: Page, values: AddForm, errors: FieldError[] = []): Promise<void> {
  page.renderForm('suppressions/new', { values, choices: await placeChoices(page.mail) }, errors);
}

function pathBack(page: From, target: Place & { address: string }): string {
  const address = target.address.toLowerCase();
  if (page === 'person') return `people?${new URLSearchParams({ address })}`;
  const { scope, stream = '', topic = '' } = target;
  return `suppressions/one?${new URLSearchParams({ scope, stream, topic, address })}`;
}
