import type { Request, Response } from 'express';
import { type Mail, MailError } from '../../mail/index.ts';
import { redirectWith } from '../notice.ts';
import { personOf } from '../person.ts';
import type { Show } from '../views.ts';

/** The fields of the form. */
interface ChangeForm {
  address: string;
  stream: string;
  note: string;
}

interface Fault {
  name: keyof ChangeForm;
  message: string;
}

const longestNote = 500;

/** The form that adds a suppression; an address in the query is filled in. */
export async function showAdd(mail: Mail, show: Show, { query }: Request, response: Response): Promise<void> {
  await renderForm(mail, show, response, typed(query), []);
}

/** Adds a suppression, or shows the form again with its errors. */
export async function addSuppression(
  mail: Mail,
  show: Show,
  request: Request,
  response: Response,
): Promise<void> {
  const form = typed(request.body);
  const faults = faultsOf(form);
  if (faults.length > 0) return renderForm(mail, show, response, form, faults);
  try {
    const by = personOf(response).id;
    if (!(await mail.suppressions.add(form.stream, form.address, form.note, { by }))) {
      return redirectWith(
        response,
        onePath(form),
        `${form.address} was already suppressed there; nothing was changed.`,
      );
    }
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    return renderForm(mail, show, response, form, [{ name: 'address', message: error.message }]);
  }
  redirectWith(response, onePath(form), `${form.address} gets no more mail on stream ${form.stream}.`);
}

/** Lifts a suppression; a refusal, ours or the provider's, is shown on its page. */
export async function liftSuppression(mail: Mail, request: Request, response: Response): Promise<void> {
  const form = typed(request.body);
  const note = form.note.slice(0, longestNote) || 'lifted by an operator';
  try {
    await mail.suppressions.lift(form.stream, form.address, note, { by: personOf(response).id });
    redirectWith(response, onePath(form), `${form.address} gets mail on stream ${form.stream} again.`);
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    redirectWith(response, onePath(form), { tone: 'failed', text: error.message });
  }
}

function typed(fields: Record<string, unknown> | undefined): ChangeForm {
  const text = (name: keyof ChangeForm) => {
    const value = fields?.[name];
    return typeof value === 'string' ? value.trim() : '';
  };
  return { address: text('address'), stream: text('stream'), note: text('note') };
}

function faultsOf({ address, stream, note }: ChangeForm): Fault[] {
  const faults: Fault[] = [];
  if (address === '') faults.push({ name: 'address', message: 'Enter an address.' });
  if (!/^[a-z][a-z0-9_-]{0,29}$/.test(stream)) faults.push({ name: 'stream', message: 'Choose a stream.' });
  if (note === '') faults.push({ name: 'note', message: 'Enter a reason, e.g. asked by phone.' });
  if (note.length > longestNote)
    faults.push({ name: 'note', message: `A reason may have at most ${longestNote} characters.` });
  return faults;
}

async function renderForm(
  mail: Mail,
  show: Show,
  response: Response,
  values: ChangeForm,
  faults: Fault[],
): Promise<void> {
  const byField = Object.fromEntries(faults.map(({ name, message }) => [name, message]));
  const routed = mail.connections
    .policy()
    .categories.flatMap(({ routes }) => routes.map(({ stream }) => stream));
  const streams = [...new Set([...routed, ...(await mail.messages.streams())])].sort();
  show(response, 'suppressions/new', { values, faults, byField, streams }, faults.length > 0 ? 422 : 200);
}

function onePath({ stream, address }: ChangeForm): string {
  return `suppressions/one?${new URLSearchParams({ stream, address: address.toLowerCase() })}`;
}
