import type { ContractSpec, FieldSpec } from './contract.ts';
import type { TemplateContent } from './template.ts';

/** What a template can name at one place in it, described by the contract: a type for every value, no values. */
export interface Scope {
  /** `this`, and what a bare name is looked up in. */
  self: FieldSpec;
  /** `../`; absent at the top of a part and of a partial. */
  parent?: Scope;
  /** Names given by `as |item index|`. */
  blockParams: ContractSpec;
  frame: Frame;
}

/** The variables named with `@`; a loop has its own, on top of those around it. */
interface Frame {
  names: ContractSpec;
  parent?: Frame;
}

/** The type of whatever has nothing inside it and is not from the data: a helper's answer, an index, the brand. */
export const plainValue: FieldSpec = { type: 'string' };
/** The type of data that the contract says nothing more about. */
export const anyValue: FieldSpec = { type: 'string' };

/** The type of a link that there is not, while nobody said where the public pages are; a template may ask for it first. */
export const absentLink: FieldSpec = { type: 'string', optional: true };

/** The scope at the top of a part; the preheader itself is made before there is a `@preheader`. */
export function rootScope(
  { contract, brand }: TemplateContent,
  { hasPreheader, hasPreferences = true }: { hasPreheader: boolean; hasPreferences?: boolean },
): Scope {
  const root: FieldSpec = { type: 'object', fields: contract };
  const names = {
    ...plain('locale', 'language', 'unsubscribe'),
    preferences: hasPreferences ? plainValue : absentLink,
    ...(hasPreheader && { preheader: anyValue }),
    brand: { type: 'object', fields: plain(...Object.keys(brand)) } satisfies FieldSpec,
    root,
  };
  return { self: root, blockParams: {}, frame: { names } };
}

/** The scopes in which the body of `#if`, `#unless`, `#with` or `#each` is used; several where items differ in type. */
export function bodyScopes(
  block: string,
  spec: FieldSpec | undefined,
  names: string[],
  scope: Scope,
): Scope[] {
  if (block === 'if' || block === 'unless') return [scope];
  if (!spec) return [];
  if (block === 'with') return [enter(scope, spec, pairUp(names, [spec]))];
  const frame: Frame = {
    names: { ...scope.frame.names, ...plain('index', 'key', 'first', 'last') },
    parent: scope.frame,
  };
  return itemsOf(spec).map(item => ({ ...enter(scope, item, pairUp(names, [item, plainValue])), frame }));
}

/** The scope of a block about which the contract says nothing: `spec` stands for whatever is in it. */
export function unknownScope(names: string[], spec: FieldSpec, scope: Scope): Scope {
  return enter(scope, spec, pairUp(names, [spec, plainValue]));
}

/** The scope of a partial: its context with the hash arguments over it. It sees `@` variables, but no `../`. */
export function partialScope(scope: Scope, context: FieldSpec, given: ContractSpec): Scope {
  const self: FieldSpec = { type: 'object', fields: { ...context.fields, ...given } };
  return { self: Object.keys(given).length > 0 ? self : context, blockParams: {}, frame: scope.frame };
}

/**
 * The types along a path, the last being that of what it leads to; undefined where the contract, or the place, has no
 * such thing.
 */
export function trailOf(scope: Scope, path: hbs.AST.PathExpression): FieldSpec[] | undefined {
  const [first = '', ...rest] = path.parts;
  if (path.data) return descend(typeOfFrame(climb(scope.frame, path.depth)), path.parts);
  if (!isBlockParam(scope, path)) return descend(climb(scope, path.depth)?.self, path.parts);
  const named = scope.blockParams[first];
  const inside = rest.length > 0 ? descend(named, rest) : [];
  return named && inside && [named, ...inside];
}

/** Whether a path begins with a name given by `as |name|`, which then wins over fields and helpers. */
export function isBlockParam(
  { blockParams }: Scope,
  { parts, depth, data, original }: hbs.AST.PathExpression,
) {
  const isScoped = data || depth > 0 || /^(\.|this\b)/.test(original);
  return !isScoped && Object.hasOwn(blockParams, parts[0] ?? '');
}

/** The type of one field of an object, one item of an array, or its length. */
export function fieldOf(spec: FieldSpec, name: string): FieldSpec | undefined {
  if (spec.type === 'array') {
    if (name === 'length') return plainValue;
    return /^\d+$/.test(name) ? (spec.items ?? anyValue) : undefined;
  }
  return spec.fields && Object.hasOwn(spec.fields, name) ? spec.fields[name] : undefined;
}

/** The types that `#each` meets; none where there is nothing to go through. */
export function itemsOf(spec: FieldSpec): FieldSpec[] {
  return spec.type === 'array' ? [spec.items ?? anyValue] : Object.values(spec.fields ?? {});
}

function typeOfFrame(frame: Frame | undefined): FieldSpec | undefined {
  return frame && { type: 'object', fields: frame.names };
}

// As in Handlebars, entering what one is already in adds no step to `../`.
function enter(scope: Scope, self: FieldSpec, blockParams: ContractSpec): Scope {
  const entered = { ...scope, self, blockParams: { ...scope.blockParams, ...blockParams } };
  return self === scope.self ? entered : { ...entered, parent: scope };
}

function climb<S extends { parent?: S }>(start: S, steps: number): S | undefined {
  let place: S | undefined = start;
  for (let step = 0; step < steps; step++) place = place?.parent;
  return place;
}

function descend(start: FieldSpec | undefined, names: string[]): FieldSpec[] | undefined {
  if (!start || names.length === 0) return start && [start];
  const trail: FieldSpec[] = [];
  for (const name of names) {
    const spec = fieldOf(trail.at(-1) ?? start, name);
    if (!spec) return undefined;
    trail.push(spec);
  }
  return trail;
}

function pairUp(names: string[], specs: FieldSpec[]): ContractSpec {
  return Object.fromEntries(specs.flatMap((spec, at) => (names[at] ? [[names[at], spec]] : [])));
}

function plain(...names: string[]): ContractSpec {
  return Object.fromEntries(names.map(name => [name, plainValue]));
}
