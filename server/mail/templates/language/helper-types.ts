import type { FieldSpec, FieldType } from './contract.ts';
import type { helpers } from './helpers.ts';
import { anyValue, plainValue } from './scope.ts';

/** One argument of a helper, and the types of the contract that it works with. */
export interface HelperArgument {
  name: string;
  types: readonly FieldType[];
  /** May be left out. */
  optional?: boolean;
}

const number = ['integer', 'number'] as const;
const zone: HelperArgument = { name: 'time zone', types: ['timezone', 'string'], optional: true };

/** What each helper has to be given; none stands for anything at all. */
const helperTypes: Record<keyof typeof helpers, readonly HelperArgument[] | null> = {
  money: [
    { name: 'amount', types: number },
    { name: 'currency', types: ['currency', 'string'] },
  ],
  date: [{ name: 'moment', types: ['date'] }, zone],
  datetime: [{ name: 'moment', types: ['date'] }, zone],
  number: [{ name: 'number', types: number }],
  eq: null,
};

/** The type of a text written into a template. */
export const literalText: FieldSpec = { type: 'string' };
/** The type of a number written into a template. */
export const literalNumber: FieldSpec = { type: 'number' };

/** What is wrong with a helper's arguments, as sentences without their full stops; undefined stands for an unknown type. */
export function argumentProblems(
  helper: string,
  given: readonly { spec: FieldSpec | undefined; written: string }[],
): string[] {
  const wanted = Object.hasOwn(helperTypes, helper) ? helperTypes[helper as keyof typeof helpers] : null;
  if (!wanted) return given.length === 0 ? [`the helper ${helper} needs an argument`] : [];
  const missing = wanted.find(({ optional }, at) => !optional && !given[at]);
  if (missing) return [`the helper ${helper} needs its ${missing.name}`];
  return wanted.flatMap(({ name, types }, at) => {
    const one = given[at];
    if (!one?.spec || fits(one.spec, types)) return [];
    return [`the ${name} given to ${helper} must be ${listed(types)}; ${one.written} is ${one.spec.type}`];
  });
}

function fits(spec: FieldSpec, types: readonly FieldType[]): boolean {
  const isUnknown = spec === plainValue || spec === anyValue;
  const isTextFor = spec === literalText && !types.includes('number');
  return isUnknown || isTextFor || types.includes(spec.type);
}

function listed(types: readonly FieldType[]): string {
  return types.join(' or ');
}
