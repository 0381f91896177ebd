import Joi from 'joi';
import { type CampaignInput, MailError } from '../../mail/index.ts';
import { type FieldError, type FormSchema, field } from '../form.ts';

/** The fields of a new campaign. */
export interface CampaignForm {
  name: string;
  template: string;
  topic: string;
  tag: string;
  sendAt: string;
  data: string;
}

/** The form before anything is typed. */
export function emptyForm(template = ''): CampaignForm {
  return { name: '', template, topic: '', tag: '', sendAt: '', data: '' };
}

/** The form as it was sent: `fill` is the button that fills in the template's sample. */
export interface SentForm extends CampaignForm {
  fill?: string;
}

/** What may be sent; what only the whole says is for {@link readForm} to tell. */
export const sentForm: FormSchema<SentForm> = Joi.object({
  name: field.line(200, 'The name may have at most 200 characters, without line breaks.'),
  template: field.line(64, 'Choose a template.'),
  topic: field.line(64, 'A topic may have at most 64 characters, for example news.'),
  tag: field.line(1000, 'A tag may have at most 1,000 characters.'),
  sendAt: field.line(40, 'Enter a time such as 2026-05-04T09:00, in UTC.'),
  data: field.text(2_000_000, 'The shared data must be JSON, as text of at most 2 MB.').trim(),
  fill: Joi.string().valid('yes'),
});

/** The campaign that a form describes; or what is wrong with it, all of it that can be seen from here. */
export function readForm(form: CampaignForm): { input: CampaignInput; errors: FieldError[] } {
  const errors: FieldError[] = [];
  if (form.name === '') errors.push({ name: 'name', message: 'Give the campaign a name.' });
  if (form.template === '') errors.push({ name: 'template', message: 'Choose a template.' });
  if (form.topic && !/^[a-z0-9][a-z0-9_-]{0,63}$/.test(form.topic)) {
    errors.push({ name: 'topic', message: 'A topic may contain a–z, 0–9, - and _, for example news.' });
  }
  const sendAt = form.sendAt === '' ? null : new Date(`${form.sendAt}Z`);
  if (sendAt && Number.isNaN(sendAt.getTime())) {
    errors.push({ name: 'sendAt', message: 'Enter a time such as 2026-05-04T09:00, in UTC.' });
  }
  const data = readData(form.data);
  if (typeof data === 'string') errors.push({ name: 'data', message: data });
  return {
    errors,
    input: {
      name: form.name,
      template: form.template,
      ...(form.topic && { topic: form.topic }),
      ...(form.tag && { tag: form.tag }),
      ...(sendAt && !Number.isNaN(sendAt.getTime()) && { sendAt }),
      data: typeof data === 'string' ? {} : data,
    },
  };
}

/** The shared data; or what is wrong with its text. */
function readData(text: string): Record<string, unknown> | string {
  if (text === '') return {};
  try {
    const data: unknown = JSON.parse(text);
    if (typeof data === 'object' && data !== null && !Array.isArray(data))
      return data as Record<string, unknown>;
    return 'The shared data must be a JSON object, such as {"issue": "May"}.';
  } catch (error) {
    return `The shared data is not valid JSON: ${(error as Error).message}`;
  }
}

/** A refusal of the module as an error of one field; anything else is thrown on. */
export function fieldErrorOf(error: unknown): FieldError {
  if (!(error instanceof MailError)) throw error;
  const [field = 'name'] = (error.field ?? 'name').split(/[.[]/);
  return { name: field, message: error.message };
}
