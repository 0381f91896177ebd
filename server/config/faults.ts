import type Joi from 'joi';
import { faultText } from '../mail/index.ts';
import { expected } from './schema.ts';
import { variableOf } from './variables.ts';

/** What is to be said of one thing that is wrong, by the names that its author gave: variables or options. */
export function faultsOf(
  schema: Joi.Schema,
  detail: Joi.ValidationErrorItem,
  names: ReadonlyMap<string, string>,
): string[] {
  return detail.type === 'options.references' ? detail.context?.faults : [faultOf(schema, detail, names)];
}

/** One fault, by the name that its author gave it: a variable or an option. */
export function faultOf(
  schema: Joi.Schema,
  detail: Joi.ValidationErrorItem,
  names: ReadonlyMap<string, string>,
): string {
  const [top = '', below, last] = detail.path.map(String);
  if (detail.type === 'object.nand')
    return 'postmark and servers are both given: move what postmark says to servers.postmark.';
  const ofServer = top === 'servers' && last !== undefined;
  const option = ofServer
    ? `servers.${below}.${last}`
    : ([`${top}.${below}`, top].find(one => names.has(one) || one in expected) ?? top);
  const name = names.get(option);
  const wanted = expected[ofServer ? `postmark.${last}` : option];
  if (detail.type === 'any.required' && wanted)
    return `${variableOf(option) ?? option} is missing: set it to ${wanted}.`;
  if (detail.type === 'object.unknown')
    return top === 'smtp' ? noTransportName(name ?? option) : faultText(schema, detail);
  if (option === 'database' && detail.context?.error)
    return `${name ?? option} is not valid: ${detail.context.error.message}`;
  const what = wanted ?? (top === 'smtp' ? expected.smtp : undefined);
  return what
    ? `${name ?? (top === 'smtp' ? detail.path.join('.') : option)} is not valid: set it to ${what}.`
    : faultText(schema, detail);
}

function noTransportName(name: string): string {
  return `${name} is not a valid transport name: use a-z, 0-9 and - (in a variable A-Z, 0-9 and _), at most 32, and not postmark- first.`;
}
