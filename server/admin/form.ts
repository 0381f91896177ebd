import Joi from 'joi';
import { PageError } from './page-error.ts';

/** What is wrong with one field of a form. */
export interface FieldError {
  name: string;
  message: string;
}

/** What a form may hold: its fields by name. Whatever else is sent is refused. */
export type FormSchema<T> = Joi.ObjectSchema<T>;

/** A form as its schema reads it; or what is wrong with it, and its texts as they were typed. */
export type ReadForm<T> = { value: T } | { errors: FieldError[]; typed: Record<string, string> };

/** Fields of forms. Each holds text, and says in one sentence what it must be; a list or an object in its place is refused. */
export const field = {
  /** One line without spaces around it; empty when it is left out. */
  line: (longest: number, problem: string) => saying(problem, line(longest).allow('').default('')),
  /** One line that has to be there. */
  requiredLine: (longest: number, problem: string) => saying(problem, line(longest).required()),
  /** What a change names, to the letter: a space or a control character at an end is no part of any name. */
  exact: (longest: number, problem: string) =>
    saying(
      problem,
      Joi.string().max(longest).required().custom(withoutControlCharacters).custom(withoutSpacesAround),
    ),
  /** A text as it was typed, of any number of lines; empty when it is left out. */
  text: (longest: number, problem: string) => saying(problem, text(longest)),
  /** One of these values; the first when it is left out. */
  choice: <T extends string>(values: readonly [T, ...T[]], problem: string) =>
    saying(
      problem,
      Joi.string()
        .valid(...values)
        .empty('')
        .default(values[0]),
    ),
  /** A number as we write it into our forms: digits alone. */
  number: (problem: string) =>
    saying(
      problem,
      Joi.string()
        .pattern(/^(0|[1-9]\d{0,8})$/)
        .custom(Number)
        .required(),
    ),
};

/** A form that is a button alone. */
export const noFields: FormSchema<object> = Joi.object({});

/** Reads what was sent. */
export function readForm<T>(schema: FormSchema<T>, body: unknown): ReadForm<T> {
  const given = body ?? {};
  const { error, value } = schema.validate(given, { abortEarly: false });
  if (!error) return { value };
  const named = new Map(error.details.map(detail => [String(detail.path[0] ?? ''), detail]));
  const errors = [...named].map(([name, detail]) => ({ name, message: problemOf(name, detail) }));
  return { errors, typed: textsOf(given) };
}

function problemOf(name: string, { type, message }: Joi.ValidationErrorItem): string {
  if (name === '') return 'A form has to be sent as fields with names.';
  return type === 'object.unknown' ? `The form has no field ${shortened(name)}.` : message;
}

/** The page of a form that cannot be accepted. */
export function notAccepted(errors: readonly FieldError[]): PageError {
  const problems = errors.map(({ message }) => message).join(' ');
  const fields = errors.map(({ name }) => shortened(name)).filter(Boolean);
  const message = `${problems} Nothing was changed. Go back and correct it.`;
  return new PageError(422, 'Not changed', message, 'invalid', fields);
}

function line(longest: number): Joi.StringSchema {
  return Joi.string().trim().max(longest).custom(withoutControlCharacters);
}

function text(longest: number): Joi.StringSchema {
  return Joi.string().max(longest).allow('').default('').custom(wellFormed);
}

function withoutControlCharacters(value: string, helpers: Joi.CustomHelpers): unknown {
  return /[\p{Cc}\p{Cs}\u2028\u2029]/u.test(value) ? helpers.error('any.invalid') : value;
}

function withoutSpacesAround(value: string, helpers: Joi.CustomHelpers): unknown {
  return value === value.trim() ? value : helpers.error('any.invalid');
}

// Half of a surrogate pair is no text: no database and no mail can carry it.
function wellFormed(value: string, helpers: Joi.CustomHelpers): unknown {
  return /[\0\p{Cs}]/u.test(value) ? helpers.error('any.invalid') : value;
}

function saying<Schema extends Joi.AnySchema>(problem: string, schema: Schema): Schema {
  return schema.messages({ '*': problem }) as Schema;
}

function textsOf(given: unknown): Record<string, string> {
  const entries = typeof given === 'object' && given !== null ? Object.entries(given) : [];
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

function shortened(name: string): string {
  return name.length > 60 ? `${name.slice(0, 60)} …` : name;
}
