import type Joi from 'joi';
import { MailError } from '../error.ts';
import { faultText, joinPath } from './joi.ts';

/** One argument of a public function: its name, for errors, and what it may be; null where the function looks itself. */
export interface Argument {
  name: string;
  schema: Joi.Schema | null;
}

/** Names an argument; an object's own fields are named without it. */
export function argument(name: string, schema: Joi.Schema | null): Argument {
  return { name, schema };
}

/** Any function at all, whatever it takes. */
type AnyFunction = (...args: never[]) => unknown;

/** What each function of an interface takes; one that is not named does not compile. */
export type Rules<Api> = {
  [Name in keyof Api as Api[Name] extends AnyFunction ? Name : never]: readonly Argument[];
};

/**
 * The same functions, which check what they are given before anything is done with it: `invalid-input` with the field,
 * never an error of the language or of the database. `now` names those that answer at once; the others reject.
 */
export function withCheckedInput<Api extends object>(
  api: Api,
  rules: Rules<Api>,
  { now = [] }: { now?: readonly (keyof Api)[] } = {},
): Api {
  const checked = Object.entries(rules as Record<string, readonly Argument[]>).map(([name, args]) => {
    const call = api[name as keyof Api] as (...args: unknown[]) => unknown;
    const isNow = now.includes(name as keyof Api);
    const guarded = (...given: unknown[]): unknown => {
      try {
        return call(
          ...args.map(({ schema, name }, i) => (schema ? checkInput(schema, given[i], name) : given[i])),
        );
      } catch (error) {
        if (isNow) throw error;
        return Promise.reject(error);
      }
    };
    return [name, guarded] as const;
  });
  return { ...api, ...Object.fromEntries(checked) };
}

/** A value as its schema reads it. Throws `invalid-input`; `name` is the field where the value itself is wrong. */
export function checkInput<T>(schema: Joi.Schema, value: unknown, name: string): T {
  const { error, value: read } = validated(schema, value, name);
  const [detail] = error?.details ?? [];
  if (!detail) return read as T;
  const isObject = detail.path.length > 0;
  const path = isObject ? detail.path.reduce<string>(joinPath, '') : name;
  throw new MailError('invalid-input', faultText(schema, detail, isObject ? '' : name), path);
}

function validated(schema: Joi.Schema, value: unknown, name: string): Joi.ValidationResult {
  try {
    return schema.validate(value, { abortEarly: true });
  } catch {
    // A getter or a proxy of the caller's threw.
    throw new MailError('invalid-input', `${name} cannot be read.`, name);
  }
}
