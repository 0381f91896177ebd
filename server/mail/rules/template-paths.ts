import type { ContractSpec, FieldSpec } from './contract.ts';
import { helpers } from './helpers.ts';
import type { TemplateContent, TemplateParts } from './template.ts';
import {
  bodyScopes,
  fieldOf,
  isBlockParam,
  itemsOf,
  partialScope,
  plainValue,
  resolvePath,
  rootScope,
  type Scope,
} from './template-scope.ts';
import { parseSource } from './template-source.ts';

/** A place where a template asks for what it will not get. */
export interface PathFault {
  /** `subject`, `html.nl` (in another language), `layout.text` or `partials/fact.html`. */
  part: string;
  /** From 1, in the source of the part. */
  line: number;
  /** As written, such as `../order.total`; a helper's or partial's name; empty where the part doesn't parse. */
  path: string;
  /** One sentence without its full stop. */
  problem: string;
}

/**
 * Checks every variable, helper and partial that a template names against its data contract, whether or not its
 * sample leads there: at run time Handlebars takes a misspelt name in `#if`, `#each` or an argument for an empty one.
 */
export function checkTemplatePaths(content: TemplateContent): PathFault[] {
  const faults = new Map<string, PathFault>();
  const report = (fault: PathFault) => faults.set(JSON.stringify(fault), fault);
  for (const [locale, parts] of Object.entries(content.locales)) {
    checkParts(content, parts, locale === 'default' ? '' : `.${locale}`, report);
  }
  return [...faults.values()];
}

/** The source being walked, what it may include, and where its faults go. */
interface Walk {
  part: string;
  flavour: 'html' | 'text';
  partials: Record<string, string>;
  /** The partials we are inside of, outermost first. */
  open: readonly string[];
  /** Of a layout: the part that takes the place of its first `{{> content}}`. */
  slot?: { part: string; source: string; isFilled: boolean };
  report(fault: PathFault): void;
}

type Call = Pick<hbs.AST.MustacheStatement, 'path' | 'params' | 'hash' | 'loc'>;
type Statement =
  | hbs.AST.MustacheStatement
  | hbs.AST.BlockStatement
  | hbs.AST.PartialStatement
  | hbs.AST.PartialBlockStatement
  | hbs.AST.ContentStatement
  | hbs.AST.CommentStatement;

// `log` is left out on purpose: it would write personal data to the console.
const inlineHelpers = new Set([...Object.keys(helpers), 'lookup']);
const blockHelpers = new Set(['if', 'unless', 'with', 'each']);

function checkParts(content: TemplateContent, parts: TemplateParts, suffix: string, report: Walk['report']) {
  const start = (part: string, flavour: Walk['flavour']): Walk => {
    return { part, flavour, partials: content.partials[flavour], open: [], report };
  };
  const scope = rootScope(content, ['preheader']);
  walkSource(start(`subject${suffix}`, 'text'), parts.subject, scope);
  walkSource(start(`preheader${suffix}`, 'text'), parts.preheader ?? '', rootScope(content, []));
  for (const flavour of ['html', 'text'] as const) {
    const source = parts[flavour];
    if (source === undefined) continue;
    const slot = { part: `${flavour}${suffix}`, source, isFilled: false };
    const layout = { ...start(`layout.${flavour}`, flavour), slot };
    walkSource(layout, content.layout[flavour], scope);
    if (!slot.isFilled)
      report({ part: layout.part, line: 1, path: 'content', problem: 'lacks {{> content}}' });
  }
}

function walkSource(walk: Walk, source: string, scope: Scope): void {
  const parsed = parseSource(source);
  if ('program' in parsed) walkProgram(walk, parsed.program, scope);
  else walk.report({ part: walk.part, path: '', ...parsed });
}

function walkProgram(walk: Walk, program: hbs.AST.Program | undefined, scope: Scope): void {
  for (const statement of (program?.body ?? []) as Statement[]) walkStatement(walk, statement, scope);
}

function walkStatement(walk: Walk, statement: Statement, scope: Scope): void {
  switch (statement.type) {
    case 'ContentStatement':
    case 'CommentStatement':
      break;
    case 'MustacheStatement':
      walkMustache(walk, statement, scope);
      break;
    case 'BlockStatement':
      walkBlock(walk, statement, scope);
      break;
    case 'PartialStatement':
      if (walk.slot && !walk.slot.isFilled && isSlot(statement)) fillSlot(walk, walk.slot, scope);
      else walkPartial(walk, statement, scope);
      break;
    default:
      fault(
        walk,
        statement,
        '',
        'blocks given to partials, inline partials and decorators are not supported',
      );
  }
}

function walkMustache(walk: Walk, mustache: hbs.AST.MustacheStatement, scope: Scope): void {
  const { path, params, hash } = mustache;
  const isCall = params.length > 0 || hash !== undefined || !isPath(path) || inlineHelpers.has(path.original);
  if (isCall && !(isPath(path) && isBlockParam(scope, path))) typeOfCall(walk, mustache, scope);
  else typeOf(walk, path, scope);
}

function walkBlock(walk: Walk, block: hbs.AST.BlockStatement, scope: Scope): void {
  const name = written(block.path);
  const [subject, ...others] = block.params;
  const spec = subject && typeOf(walk, subject, scope);
  typesOfHash(walk, block.hash, scope);
  if (!blockHelpers.has(name)) fault(walk, block, name, `#${name} is not a block helper`);
  else if (!subject || others.length > 0) fault(walk, block, name, `#${name} takes one argument`);
  else if (name === 'each' && spec && itemsOf(spec).length === 0)
    fault(walk, subject, written(subject), `${written(subject)} is not a list`);
  const names = block.program?.blockParams ?? [];
  for (const inner of bodyScopes(name, spec, names, scope)) walkProgram(walk, block.program, inner);
  walkProgram(walk, block.inverse, scope);
}

function walkPartial(walk: Walk, partial: hbs.AST.PartialStatement, scope: Scope): void {
  const name = written(partial.name);
  const context = partial.params[0] ? typeOf(walk, partial.params[0], scope) : scope.self;
  const given = typesOfHash(walk, partial.hash, scope);
  const source = Object.hasOwn(walk.partials, name) ? walk.partials[name] : undefined;
  if (source === undefined) fault(walk, partial, name, `there is no partial ${name}`);
  else if (walk.open.includes(name)) fault(walk, partial, name, `the partial ${name} includes itself`);
  else if (context) {
    const { slot: _, ...within } = walk;
    const inside = { ...within, part: `partials/${name}.${walk.flavour}`, open: [...walk.open, name] };
    walkSource(inside, source, partialScope(scope, context, given));
  }
}

// Rendering puts the part into its layout as text, so only the plain form counts, once.
function isSlot({ name, params, hash, strip }: hbs.AST.PartialStatement): boolean {
  const isPlain = params.length === 0 && hash === undefined && !strip.open && !strip.close;
  return isPlain && isPath(name) && name.original === 'content';
}

function fillSlot(walk: Walk, slot: NonNullable<Walk['slot']>, scope: Scope): void {
  slot.isFilled = true;
  const { slot: _, ...within } = walk;
  walkSource({ ...within, part: slot.part }, slot.source, scope);
}

/** The type of an expression; undefined, and reported, where it leads nowhere. */
function typeOf(walk: Walk, expression: hbs.AST.Expression, scope: Scope): FieldSpec | undefined {
  if (expression.type === 'SubExpression')
    return typeOfCall(walk, expression as hbs.AST.SubExpression, scope);
  if (!isPath(expression)) return plainValue;
  const spec = resolvePath(scope, expression);
  const problem = expression.data ? 'is not a variable of this place' : 'is not in the data contract';
  if (!spec) fault(walk, expression, expression.original, `${expression.original} ${problem}`);
  return spec;
}

function typeOfCall(walk: Walk, call: Call, scope: Scope): FieldSpec | undefined {
  const name = written(call.path);
  const [target] = call.params.map(argument => typeOf(walk, argument, scope));
  typesOfHash(walk, call.hash, scope);
  if (!inlineHelpers.has(name)) fault(walk, call, name, `${name} is not a helper`);
  else if (call.params.length === 0) fault(walk, call, name, `the helper ${name} needs an argument`);
  else if (name === 'lookup') return target && typeOfLookup(walk, call, target);
  return plainValue;
}

// A name that is only known at run time can be checked in a list, whose items are alike, and nowhere else.
function typeOfLookup(walk: Walk, call: Call, target: FieldSpec): FieldSpec | undefined {
  const key = call.params[1] as hbs.AST.StringLiteral | undefined;
  const isLiteral = key?.type === 'StringLiteral';
  const spec = isLiteral || target.type !== 'array' ? fieldOf(target, key?.value ?? '') : target.items;
  if (!spec) fault(walk, call, 'lookup', 'what lookup finds here is not in the data contract');
  return spec;
}

function typesOfHash(walk: Walk, hash: hbs.AST.Hash | undefined, scope: Scope): ContractSpec {
  const pairs = hash?.pairs ?? [];
  return Object.fromEntries(pairs.map(({ key, value }) => [key, typeOf(walk, value, scope) ?? plainValue]));
}

function fault(walk: Walk, { loc }: Pick<hbs.AST.Node, 'loc'>, path: string, problem: string): void {
  walk.report({ part: walk.part, line: loc.start.line, path, problem });
}

function isPath(node: hbs.AST.Node): node is hbs.AST.PathExpression {
  return node.type === 'PathExpression';
}

function written(node: hbs.AST.Node): string {
  if (node.type === 'SubExpression') return `(${written((node as hbs.AST.SubExpression).path)} ...)`;
  return 'original' in node ? String(node.original) : node.type;
}
