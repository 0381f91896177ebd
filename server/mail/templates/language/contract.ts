import Joi from 'joi';
import { MailError } from '../../error.ts';
import { firstFault } from '../../shared/joi.ts';

/**
 * The types a field of a data contract may have. `date` is ISO 8601, `url` is http or https, `timezone` a name of the
 * IANA database (`Europe/Amsterdam`), `currency` a code of ISO 4217 (`EUR`).
 */
export const fieldTypes = [
  'string',
  'number',
  'integer',
  'boolean',
  'date',
  'url',
  'email',
  'timezone',
  'currency',
  'object',
  'array',
] as const;

export type FieldType = (typeof fieldTypes)[number];

// What every object has already: data under such a name would be taken for it, or hide it.
const inheritedNames = Object.getOwnPropertyNames(Object.prototype);

/** One field of a template's data contract, as written in template.json. */
export interface FieldSpec {
  type: FieldType;
  optional?: boolean;
  /** Characters of a string, value of a number, length of an array. */
  min?: number;
  max?: number;
  enum?: (string | number)[];
  /** Of an object. */
  fields?: ContractSpec;
  /** Of an array. */
  items?: FieldSpec;
}

/** A template's data contract: its fields by name. */
export interface ContractSpec {
  [field: string]: FieldSpec;
}

/** Shape of a contract itself, for the door at template.json. */
export const contractSchema: Joi.ObjectSchema<ContractSpec> = Joi.object()
  .pattern(
    Joi.string()
      .pattern(/^[a-zA-Z_][a-zA-Z0-9_]*$/)
      .invalid(...inheritedNames, 'prototype'),
    Joi.object({
      type: Joi.valid(...fieldTypes).required(),
      optional: Joi.boolean(),
      min: Joi.number(),
      max: Joi.number(),
      enum: Joi.array().items(Joi.string(), Joi.number()).min(1),
      fields: Joi.link('#contract').when('type', { is: 'object', otherwise: Joi.forbidden() }),
      items: Joi.link('#field').when('type', { is: 'array', otherwise: Joi.forbidden() }),
    }).id('field'),
  )
  .custom(withoutPrototype)
  .id('contract');

// Joi leaves such a field out without a word.
function withoutPrototype(value: unknown, helpers: Joi.CustomHelpers): unknown {
  return Object.hasOwn(helpers.original, '__proto__')
    ? helpers.message({ custom: '__proto__ is not allowed' })
    : value;
}

/** A compiled data contract. */
export interface Contract {
  /**
   * Checks data and returns the plain JSON value that templates see, with null for every optional field left out.
   * Throws `invalid-data` with the path of the first fault.
   */
  check(data: unknown): Record<string, unknown>;
  /** Adds the nulls to data that was checked before. */
  complete(data: Record<string, unknown>): Record<string, unknown>;
}

/** Compiles a contract once; its checks are then cheap. */
export function compileContract(spec: ContractSpec): Contract {
  const schema = objectSchema(spec).required().label('data');
  return {
    check(data) {
      const { error, value } = schema.validate(toPlainJson(data ?? {}), { convert: false, abortEarly: true });
      if (error) {
        const { path, fault } = firstFault(error, 'data');
        throw new MailError('invalid-data', `${path} ${fault}`, path);
      }
      return fillIn(spec, value);
    },
    complete: data => fillIn(spec, data),
  };
}

/** Adds null for every optional field that is absent, so that strict templates may ask about it. */
function fillIn(spec: ContractSpec, data: Record<string, unknown>): Record<string, unknown> {
  const filled: Record<string, unknown> = {};
  for (const [field, fieldSpec] of Object.entries(spec)) filled[field] = fillField(fieldSpec, data[field]);
  return filled;
}

function fillField(spec: FieldSpec, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (spec.fields && typeof value === 'object') return fillIn(spec.fields, value as Record<string, unknown>);
  if (spec.items && Array.isArray(value)) return value.map(item => spec.items && fillField(spec.items, item));
  return value;
}

function objectSchema(spec: ContractSpec): Joi.ObjectSchema {
  return Joi.object(
    Object.fromEntries(Object.entries(spec).map(([field, one]) => [field, fieldSchema(one)])),
  );
}

function fieldSchema(spec: FieldSpec): Joi.Schema {
  const typed = typedSchema(spec);
  return spec.optional ? typed.allow(null) : typed.required();
}

/** A field's values, whether or not it may be left out. */
function typedSchema(spec: FieldSpec): Joi.Schema {
  return spec.enum ? Joi.valid(...spec.enum) : typeSchema(spec);
}

function typeSchema(spec: FieldSpec): Joi.Schema {
  switch (spec.type) {
    case 'string':
      return bounded(Joi.string().allow(''), spec);
    case 'url':
      return bounded(Joi.string().uri({ scheme: ['http', 'https'] }), spec);
    case 'email':
      return bounded(Joi.string().email({ tlds: false }), spec);
    case 'timezone':
      return checked(isTimeZone, 'must be an IANA time zone');
    case 'currency':
      return checked(code => currencies.has(code), 'must be an ISO 4217 currency code');
    case 'date':
      return Joi.string().isoDate();
    case 'number':
      return bounded(Joi.number(), spec);
    case 'integer':
      return bounded(Joi.number().integer(), spec);
    case 'boolean':
      return Joi.boolean();
    case 'object':
      return objectSchema(spec.fields ?? {});
    case 'array':
      return bounded(Joi.array().items(spec.items ? itemSchema(spec.items) : Joi.any()), spec);
  }
}

function checked(isValid: (text: string) => boolean, fault: string): Joi.StringSchema {
  return Joi.string().custom((text: string, helpers) =>
    isValid(text) ? text : helpers.message({ custom: `{{#label}} ${fault}` }),
  );
}

const currencies = new Set(Intl.supportedValuesOf('currency'));
const timeZones = new Set(Intl.supportedValuesOf('timeZone'));

// The list lacks UTC and the older names, so Intl is asked about the others: 0.1 ms each, too much for every message.
// Later versions of Intl also take an offset such as +02:00, which knows no summer time.
function isTimeZone(name: string): boolean {
  if (timeZones.has(name)) return true;
  try {
    return /^[a-z]/i.test(name) && Boolean(new Intl.DateTimeFormat('en', { timeZone: name }));
  } catch {
    return false;
  }
}

// Not "required": that would ask a list for at least one of them.
function itemSchema(spec: FieldSpec): Joi.Schema {
  return spec.optional ? typedSchema(spec).allow(null) : typedSchema(spec);
}

interface Bounded {
  min(limit: number): this;
  max(limit: number): this;
}

function bounded<S extends Bounded>(schema: S, { min, max }: FieldSpec): S {
  const above = min === undefined ? schema : schema.min(min);
  return max === undefined ? above : above.max(max);
}

// Through JSON and back: dates become text, getters, functions and prototypes are gone, and what
// the check sees is exactly what is stored and rendered later.
function toPlainJson(data: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(data));
  } catch {
    throw new MailError('invalid-data', 'data cannot be written as JSON.', 'data');
  }
}
