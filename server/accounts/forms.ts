import Joi from 'joi';
import { field } from '../admin/form.ts';
import { type FormGate, formGate } from '../admin/form-gate.ts';

const line = (name: string, longest: number) =>
  field.line(longest, `${name} must be one line of at most ${longest} characters.`);
// As long as anybody may type; how long it has to be is said where it is set.
const password = (name: string) => field.text(1000, `${name} must be text of at most 1,000 characters.`);
const email = line('The e-mail address', 254);
// For password managers.
const username = line('The user name', 254);
const back = line('The page to go back to', 2000);

/** What each form about accounts may hold; what is missing is told where it is needed. */
export const forms = {
  signIn: gate({ email, password: password('The password'), return: back }),
  signInCode: gate({ token: line('The token', 200), code: line('The code', 100), return: back }),
  forgottenPassword: gate({ email }),
  newPassword: gate({ password: password('The password'), again: password('The repeated password') }),
  changedPassword: gate({
    username,
    current: password('The current password'),
    password: password('The password'),
    again: password('The repeated password'),
  }),
  currentPassword: gate({ username, password: password('The password') }),
  confirmedPassword: gate({ username, password: password('The password'), return: back }),
  confirmationCode: gate({ code: line('The code', 100) }),
  // Compared with ids, which no other character is part of.
  session: gate({ session: line('The session', 100).pattern(/^[\x20-\x7e]*$/) }),
  invitation: gate({ email, name: line('The name', 1000), role: line('The role', 32) }),
  role: gate({ role: line('The role', 32) }),
  disablement: gate({ disabled: line('The choice', 10) }),
  none: gate({}),
};

function gate(fields: Joi.SchemaMap): FormGate {
  return formGate(Joi.object(fields));
}
