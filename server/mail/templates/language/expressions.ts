import type { ContractSpec, FieldSpec, FieldType } from './contract.ts';
import { helperNamed, helpers } from './helpers.ts';
import { absentLink, anyValue, fieldOf, plainValue, type Scope, trailOf } from './scope.ts';
import { report, type Walk } from './walk-report.ts';

type Call = Pick<hbs.AST.MustacheStatement, 'path' | 'params' | 'hash' | 'loc'>;

/** What can be called inside a mustache. `log` is left out on purpose: it would write personal data to the console. */
export const inlineHelpers: ReadonlySet<string> = new Set([...Object.keys(helpers), 'lookup']);

/** The type of an expression; undefined, and reported, where it leads nowhere. */
export function typeOf(walk: Walk, expression: hbs.AST.Expression, scope: Scope): FieldSpec | undefined {
  if (expression.type === 'SubExpression')
    return typeOfCall(walk, expression as hbs.AST.SubExpression, scope);
  if (!isPath(expression)) return literalTypes[expression.type] ?? plainValue;
  const trail = trailOf(scope, expression);
  const problem = expression.data ? 'is not a variable of this place' : 'is not in the data contract';
  if (!trail) report(walk, expression, 'path', expression.original, `${expression.original} ${problem}`);
  for (const spec of trail ?? []) walk.use(spec);
  if (trail) checkWayTo(walk, expression, trail);
  return trail?.at(-1);
}

/** The type of a text written into a template. */
const literalText: FieldSpec = { type: 'string' };
/** The type of a number written into a template. */
const literalNumber: FieldSpec = { type: 'number' };
const literalTypes: Record<string, FieldSpec> = { StringLiteral: literalText, NumberLiteral: literalNumber };

/** The type of what a helper gives; its arguments are checked on the way. */
export function typeOfCall(walk: Walk, call: Call, scope: Scope): FieldSpec | undefined {
  const name = written(call.path);
  const given = call.params.map(argument => ({
    spec: typeOf(walk, argument, scope),
    written: written(argument),
  }));
  typesOfHash(walk, call.hash, scope);
  if (!inlineHelpers.has(name)) report(walk, call, 'helper', name, `${name} is not a helper`);
  else if (name === 'lookup' && given.length > 0)
    return given[0]?.spec && typeOfLookup(walk, call, given[0].spec);
  else for (const problem of argumentProblems(name, given)) report(walk, call, 'type', name, problem);
  return plainValue;
}

/** What is wrong with a helper's arguments, as sentences without their full stops; undefined stands for an unknown type. */
function argumentProblems(
  helper: string,
  given: readonly { spec: FieldSpec | undefined; written: string }[],
): string[] {
  const wanted = helperNamed(helper)?.takes;
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

// A name that is only known at run time can be checked in a list, whose items are alike, and nowhere else.
function typeOfLookup(walk: Walk, call: Call, target: FieldSpec): FieldSpec | undefined {
  const key = call.params[1] as hbs.AST.StringLiteral | undefined;
  const isLiteral = key?.type === 'StringLiteral';
  const spec = isLiteral || target.type !== 'array' ? fieldOf(target, key?.value ?? '') : target.items;
  if (spec) walk.use(spec);
  else report(walk, call, 'path', 'lookup', 'what lookup finds here is not in the data contract');
  return spec;
}

/** The types of named arguments, by name. */
export function typesOfHash(walk: Walk, hash: hbs.AST.Hash | undefined, scope: Scope): ContractSpec {
  const pairs = hash?.pairs ?? [];
  return Object.fromEntries(pairs.map(({ key, value }) => [key, typeOf(walk, value, scope) ?? plainValue]));
}

/** The fields that a condition mentions, with those that lead to them. */
export function mentionedIn(expression: hbs.AST.Expression, scope: Scope): FieldSpec[] {
  if (isPath(expression)) return trailOf(scope, expression) ?? [];
  if (expression.type !== 'SubExpression') return [];
  return (expression as hbs.AST.SubExpression).params.flatMap(argument => mentionedIn(argument, scope));
}

/** Checks what a mustache prints: nothing of the data unescaped, nothing that may be missing unasked. */
export function checkOutput(
  walk: Walk,
  mustache: hbs.AST.MustacheStatement,
  isHelper: boolean,
  spec: FieldSpec | undefined,
  scope: Scope,
): void {
  const name = written(mustache.path);
  if (walk.flavour === 'html' && !mustache.escaped && spec && mayHoldMarkup(spec))
    report(walk, mustache, 'markup', name, `{{{${name}}}} puts markup from the data into the mail unescaped`);
  const printed = isHelper ? (name === 'eq' ? [] : mustache.params) : [mustache.path];
  for (const expression of printed) if (isPath(expression)) checkPresence(walk, expression, scope);
}

/** What is printed may be missing itself: then there is a gap. */
function checkPresence(walk: Walk, path: hbs.AST.PathExpression, scope: Scope): void {
  const spec = trailOf(scope, path)?.at(-1);
  if (!spec?.optional || walk.guarded.has(spec)) return;
  const name = path.original;
  if (spec === absentLink) {
    report(walk, path, 'pages', name, `${name} leads nowhere, for nobody said where the public pages are`);
    return;
  }
  const problem = `${name} may be left out, and then nothing is printed here`;
  report(walk, path, 'optional', name, problem, 'warning');
}

/** What leads to a field must be there, in a condition too: rendering stops at a field of nothing. */
function checkWayTo(walk: Walk, path: hbs.AST.PathExpression, trail: readonly FieldSpec[]): void {
  const at = trail.slice(0, -1).findIndex(spec => spec.optional && !walk.guarded.has(spec));
  if (at < 0) return;
  const missing = path.parts.slice(0, path.parts.length - (trail.length - 1 - at)).join('.');
  const problem = `${missing} may be left out, and then ${path.original} cannot be rendered`;
  report(walk, path, 'optional', path.original, problem);
}

// What an admin wrote, and numbers, dates and codes, cannot carry markup; text and addresses from outside can.
const withoutMarkup = new Set<FieldType>(['number', 'integer', 'boolean', 'date', 'timezone', 'currency']);

function mayHoldMarkup(spec: FieldSpec): boolean {
  if (spec === plainValue || spec === literalText || spec === absentLink) return false;
  return spec === anyValue || !withoutMarkup.has(spec.type);
}

/** True for a path, as opposed to a literal or a call. */
export function isPath(node: hbs.AST.Node): node is hbs.AST.PathExpression {
  return node.type === 'PathExpression';
}

/** An expression as it stands in its source. */
export function written(node: hbs.AST.Node): string {
  if (node.type === 'SubExpression') return `(${written((node as hbs.AST.SubExpression).path)} ...)`;
  return 'original' in node ? String(node.original) : node.type;
}
