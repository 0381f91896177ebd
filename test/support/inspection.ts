import type { Mailbox } from '../../server/mail/providers/transport.ts';
import type { Issue } from '../../server/mail/templates/issue.ts';
import { inspect } from '../../server/mail/templates/preview/tasks/inspect.ts';
import { type ContentInput, templateContent } from './template-content.ts';

/** A template that no rule has anything to say about, until a test adds its fault. */
export const faultless: ContentInput = {
  subject: 'Your order is on its way',
  preheader: 'It should arrive tomorrow.',
  html: '<p>Hello</p>',
  text: 'Hello',
};

/** The issues of a faultless template with something changed. */
export function faultsOf(
  input: ContentInput,
  { bulk = false, from = { email: 'shop@sender.example' } }: { bulk?: boolean; from?: Mailbox } = {},
): Issue[] {
  return inspect({ content: templateContent({ ...faultless, ...input }), bulk, from });
}

/** An issue in short: `error link html:1:4`. */
export function inShort({ severity, rule, part, line, column }: Issue): string {
  return `${severity} ${rule} ${part}:${line}:${column}`;
}
