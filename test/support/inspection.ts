import type { Mailbox } from '../../server/mail/providers/transport.ts';
import type { Fault } from '../../server/mail/templates/lint/fault.ts';
import { inspect } from '../../server/mail/templates/preview/tasks/inspect.ts';
import { type ContentInput, templateContent } from './template-content.ts';

/** A template that no rule has anything to say about, until a test adds its fault. */
export const faultless: ContentInput = {
  subject: 'Your order is on its way',
  preheader: 'It should arrive tomorrow.',
  html: '<p>Hello</p>',
  text: 'Hello',
};

/** The faults of a faultless template with something changed. */
export function faultsOf(
  input: ContentInput,
  { bulk = false, from = { email: 'shop@sender.example' } }: { bulk?: boolean; from?: Mailbox } = {},
): Fault[] {
  return inspect({ content: templateContent({ ...faultless, ...input }), bulk, from });
}

/** A fault in short: `error link html:1:4`. */
export function inShort({ severity, rule, part, line, column }: Fault): string {
  return `${severity} ${rule} ${part}:${line}:${column}`;
}
