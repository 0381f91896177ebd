import type { ContractSpec, FieldSpec } from '../../language/contract.ts';
import { isPath, written } from '../../language/expressions.ts';
import { anyValue, plainValue, rootScope, type Scope, trailOf } from '../../language/scope.ts';
import type { TemplateContent } from '../../language/template.ts';

/**
 * What an expression gives.
 * - `field`: data of the mail; `holds` tells whether it may be any text.
 * - `answer`: what a helper makes of data.
 * - `literal`: a text that the template itself has.
 * - `foreign`: a text of the authors that this place does not tell, such as a value of the brand.
 * - `plain`: an index, a language; nothing that anybody wrote.
 */
export type Value =
  | { kind: 'field'; holds: 'text' | 'figure' }
  | { kind: 'answer' }
  | { kind: 'literal'; text: string }
  | { kind: 'foreign' }
  | { kind: 'plain' };

/** Tells what expressions give, in the scopes that it makes. */
export interface Values {
  /** The scope at the top of a part. */
  root(options: { hasPreheader: boolean }): Scope;
  of(expression: hbs.AST.Expression, scope: Scope): Value;
  /** What a mustache, or a call inside of one, gives. */
  ofCall(call: Pick<hbs.AST.MustacheStatement, 'path' | 'params' | 'hash'>, scope: Scope): Value;
  /** The types of named arguments by name, for the scope of a partial. */
  given(hash: hbs.AST.Hash | undefined, scope: Scope): ContractSpec;
  /** The type of something about which nothing is known. */
  unknown(): FieldSpec;
  /** The type that a block enters, or that is a partial's context. */
  typeOf(expression: hbs.AST.Expression, scope: Scope): FieldSpec | undefined;
}

const figures = new Set(['number', 'integer', 'boolean', 'date', 'currency']);
const foreign: FieldSpec = { type: 'string' };

/** The values of one template. */
export function valuesOf(content: Pick<TemplateContent, 'contract' | 'brand'>): Values {
  const fields = new Set(fieldsOf(content.contract));
  const known = new Map<FieldSpec, Value>([[foreign, { kind: 'foreign' }]]);

  const specOf = (value: Value): FieldSpec => {
    const spec: FieldSpec = { type: 'string' };
    known.set(spec, value);
    return spec;
  };

  const meaningOf = (spec: FieldSpec | undefined): Value => {
    if (!spec || spec === anyValue) return { kind: 'field', holds: 'text' };
    const value = known.get(spec);
    if (value) return value;
    if (fields.has(spec)) return { kind: 'field', holds: figures.has(spec.type) ? 'figure' : 'text' };
    return spec === plainValue ? { kind: 'plain' } : { kind: 'field', holds: 'text' };
  };

  const values: Values = {
    root(options) {
      const scope = rootScope(content as TemplateContent, options);
      const { brand } = scope.frame.names;
      const names = Object.fromEntries(Object.keys(brand?.fields ?? {}).map(name => [name, foreign]));
      scope.frame.names.brand = { type: 'object', fields: names };
      return scope;
    },

    of(expression, scope) {
      if (expression.type === 'SubExpression')
        return values.ofCall(expression as hbs.AST.SubExpression, scope);
      if (isPath(expression)) return meaningOf(trailOf(scope, expression)?.at(-1));
      return { kind: 'literal', text: written(expression) };
    },

    ofCall({ path, params, hash }, scope) {
      const given = [...params, ...(hash?.pairs ?? []).map(({ value }) => value)].map(one =>
        values.of(one, scope),
      );
      if (written(path) === 'lookup') {
        const [target] = given;
        return target?.kind === 'plain' ? target : { kind: 'field', holds: 'text' };
      }
      if (given.some(({ kind }) => kind === 'field' || kind === 'answer')) return { kind: 'answer' };
      return given.some(({ kind }) => kind === 'foreign') ? { kind: 'foreign' } : { kind: 'plain' };
    },

    given(hash, scope) {
      return Object.fromEntries(
        (hash?.pairs ?? []).map(({ key, value }) => [key, values.typeOf(value, scope) ?? anyValue]),
      );
    },

    unknown: () => specOf({ kind: 'field', holds: 'text' }),

    typeOf(expression, scope) {
      if (isPath(expression)) return trailOf(scope, expression)?.at(-1);
      return specOf(values.of(expression, scope));
    },
  };
  return values;
}

function fieldsOf(contract: ContractSpec): FieldSpec[] {
  return Object.values(contract).flatMap(within);
}

function within(spec: FieldSpec): FieldSpec[] {
  return [spec, ...(spec.fields ? fieldsOf(spec.fields) : []), ...(spec.items ? within(spec.items) : [])];
}
