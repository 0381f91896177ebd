import Joi from 'joi';
import { PageError } from '../admin/page-error.ts';
import { type Role, roles } from '../admin/person.ts';
import { MailError, readMailbox } from '../mail/index.ts';

/** Whom to invite. */
export interface Invitee {
  email: string;
  name: string;
  role: Role;
}

const inviteeSchema: Joi.ObjectSchema<Invitee> = Joi.object({
  email: Joi.string()
    .trim()
    .lowercase()
    .max(254)
    .required()
    .custom((email: string, helper) => (isAddress(email) ? email : helper.error('any.invalid')))
    .messages({ '*': 'The e-mail address is one address, like ada@example.com.' }),
  name: Joi.string().trim().min(1).max(200).required().messages({ '*': 'The name has 1 to 200 characters.' }),
  role: Joi.string()
    .valid(...roles)
    .required()
    .messages({ '*': `The role is one of ${roles.join(', ')}.` }),
});

/** Reads a form, or a command, that invites somebody. Throws a PageError that says what has to change. */
export function readInvitee(input: unknown): Invitee {
  const { error, value } = inviteeSchema.validate(input, { stripUnknown: true });
  if (error) throw new PageError(422, 'Not invited', error.message);
  return value;
}

function isAddress(text: string): boolean {
  try {
    return readMailbox(text, 'email').email === text;
  } catch (error) {
    if (error instanceof MailError) return false;
    throw error;
  }
}
