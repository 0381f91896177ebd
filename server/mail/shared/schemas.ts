import Joi from 'joi';
import { hasControlCharacter } from './address.ts';

/** One of our ids or a provider's: ASCII. What is no id names nothing. */
export const idSchema = Joi.string().max(200).pattern(ascii()).required();

/** A key of a template, category, stream, topic or transport. */
export const wordSchema = Joi.string().max(64).pattern(ascii());

/** What people subscribe to. */
export const topicSchema = Joi.string()
  .pattern(/^[a-z0-9][a-z0-9_-]*$/)
  .max(64);

/** A line of text without line breaks and control characters. */
export const lineSchema = Joi.string().custom((text: string, helper) =>
  hasControlCharacter(text) ? helper.message({ custom: 'contains a line break or control character' }) : text,
);

/** An address to look for; whether it is one that can be mailed is decided where that matters. */
export const addressSchema = Joi.string().max(1000);

/** What a person writes: a reason, some evidence. */
export const noteSchema = Joi.string().allow('').max(500);

/** A list, or anything else that can be gone through; what is in it is checked one by one. */
export const manySchema: Joi.Schema = Joi.any()
  .custom((given: unknown, helper) => {
    const isList = typeof given === 'object' && given !== null;
    return isList && (Symbol.asyncIterator in given || Symbol.iterator in given)
      ? given
      : helper.message({ custom: 'must be a list, or something else to go through' });
  })
  .required();

/** A number of rows. */
export const limitSchema = Joi.number().integer().min(1);

/** A function that stops work. */
export const signalSchema = Joi.any().custom((signal: unknown, helper) =>
  signal instanceof AbortSignal ? signal : helper.message({ custom: 'must be an AbortSignal' }),
);

/** A caller's transaction; which kinds there are is decided where it is joined. */
const trxSchema = Joi.any().custom((trx: unknown, helper) =>
  typeof trx === 'object' || typeof trx === 'function'
    ? (trx ?? helper.message({ custom: 'is null: begin the transaction first, or leave trx out' }))
    : helper.message({ custom: 'must be a transaction' }),
);

/** Fields of the options of a change: who makes it, where, and under which key it is made once. */
export const actorFields = { by: Joi.string().allow('').max(1000) };
export const transactionFields = {
  trx: trxSchema,
  transaction: Joi.forbidden().messages({ 'any.unknown': 'is not an option: did you mean trx?' }),
};
export const actorSchema = Joi.object(actorFields);
export const changeFields = {
  ...actorFields,
  ...transactionFields,
  idempotencyKey: lineSchema.min(1).max(255),
};
export const changeSchema = Joi.object(changeFields);

/** A day, `YYYY-MM-DD`. */
export const daySchema = Joi.string().pattern(/^\d{4}-\d\d-\d\d$/);

/** Who makes a change, where somebody has to. */
export const bySchema = Joi.object({ by: Joi.string().min(1).max(1000).required() }).required();

/** A plain object that JSON can hold, up to so many bytes. */
export function jsonSchema(mostBytes: number): Joi.ObjectSchema {
  return Joi.object().custom((value: unknown, helper) => {
    const text = jsonOf(value);
    if (text === null) return helper.message({ custom: 'holds something that JSON cannot hold' });
    if (Buffer.byteLength(text) > mostBytes)
      return helper.message({ custom: `is larger than ${mostBytes / 1024} kB` });
    return JSON.parse(text);
  });
}

/** Anything that JSON can hold. */
export const jsonValueSchema: Joi.Schema = Joi.any().custom((value: unknown, helper) =>
  jsonOf(value) === null ? helper.message({ custom: 'holds something that JSON cannot hold' }) : value,
);

function jsonOf(value: unknown): string | null {
  try {
    return JSON.stringify(value) ?? null;
  } catch {
    return null;
  }
}

// The databases compare without the spaces at the end: with one there, `x ` would name `x`.
function ascii(): RegExp {
  return /^(?! )[\x20-\x7e]*(?<! )$/;
}
