import { MailError } from '../error.ts';

/** A checked `ComposedInput`. */
export interface ComposedRequest {
  category: string;
  subject: string;
  html: string | null;
  text: string | null;
  layout: string | null;
  checkLinks: boolean;
}

/** One of the two kinds of mail, whole and without the fields of the other. */
export function checkKind(value: Record<string, unknown>): ComposedRequest | null {
  const given = composedFields.filter(field => value[field] !== undefined);
  const [first] = given;
  if (value.template !== undefined) {
    if (first !== undefined)
      throw new MailError('invalid-input', `${first} is for mail without a template: leave one out.`, first);
    return null;
  }
  if (first === undefined)
    throw new MailError('invalid-input', `template is required, ${orComposed}.`, 'template');
  for (const field of ['category', 'subject'] as const) {
    if (value[field] === undefined)
      throw new MailError('invalid-input', `${field} is required for mail without a template.`, field);
  }
  if (value.data !== undefined)
    throw new MailError(
      'invalid-input',
      'data is for a template: put what it says into html or text.',
      'data',
    );
  const { category, subject, html = '', text = '', layout = null, checkLinks = true } = value;
  if (html === '' && text === '') throw new MailError('invalid-input', 'html or text is required.', 'html');
  return { category, subject, html, text, layout, checkLinks } as ComposedRequest;
}

const composedFields = ['category', 'subject', 'html', 'text', 'layout', 'checkLinks'] as const;
const orComposed = 'or a category with subject and html or text for mail that has none';
