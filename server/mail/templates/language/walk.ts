import { type Issue, issue } from '../issue.ts';
import type { ContractSpec, FieldSpec } from './contract.ts';
import {
  checkOutput,
  inlineHelpers,
  isPath,
  mentionedIn,
  typeOf,
  typeOfCall,
  typesOfHash,
  written,
} from './expressions.ts';
import { parseSource } from './parse.ts';
import { bodyScopes, isBlockParam, itemsOf, partialScope, rootScope, type Scope } from './scope.ts';
import type { TemplateContent, TemplateParts } from './template.ts';
import { type Located, report, type Walk } from './walk-report.ts';

/**
 * Checks every variable, helper and partial that a template names against its data contract, and the contract against
 * what is used of it, whether or not its sample leads there: at run time Handlebars takes a misspelt name in `#if`,
 * `#each` or an argument for an empty one.
 */
export function checkPaths(
  content: TemplateContent,
  { hasPreferences = true }: { hasPreferences?: boolean } = {},
): Issue[] {
  const { issues, used } = walkTemplate(content, hasPreferences);
  const unused = unusedFields(content.contract, used).map(field => {
    const message = `${field} is required, but no part uses it. Use it, or make it optional, so that callers need not give it.`;
    return issue('unused', message, { part: 'contract', severity: 'warning' });
  });
  return [...issues, ...unused];
}

/** What a walk over all parts finds: what is wrong, and which fields of the contract it came across. */
interface WalkResult {
  issues: Issue[];
  used: ReadonlySet<FieldSpec>;
}

/** Follows every path of every part. Each issue is given once. */
function walkTemplate(content: TemplateContent, hasPreferences: boolean): WalkResult {
  const issues = new Map<string, Issue>();
  const used = new Set<FieldSpec>();
  const report = (found: Issue) => {
    const key = JSON.stringify(found);
    if (!issues.has(key)) issues.set(key, found);
  };
  for (const [locale, parts] of Object.entries(content.locales)) {
    walkParts(content, parts, { locale, report, use: spec => used.add(spec), hasPreferences });
  }
  return { issues: [...issues.values()], used };
}

/** Required fields that no part uses, as paths such as `order.items[].title`; a whole that is unused stands for its parts. */
function unusedFields(contract: ContractSpec, used: ReadonlySet<FieldSpec>, prefix = ''): string[] {
  return Object.entries(contract).flatMap(([name, spec]) => unusedIn(spec, used, `${prefix}${name}`));
}

function unusedIn(spec: FieldSpec, used: ReadonlySet<FieldSpec>, path: string): string[] {
  if (!used.has(spec)) return spec.optional ? [] : [path];
  const ofItems = spec.items?.fields ? unusedFields(spec.items.fields, used, `${path}[].`) : [];
  return spec.fields ? unusedFields(spec.fields, used, `${path}.`) : ofItems;
}

function walkParts(
  content: TemplateContent,
  parts: TemplateParts,
  { hasPreferences, ...given }: Pick<Walk, 'report' | 'use'> & { locale: string; hasPreferences: boolean },
): void {
  const start = (part: Walk['part'], flavour: Walk['flavour']): Walk => {
    return { ...given, part, flavour, partials: content.partials[flavour], open: [], guarded: new Set() };
  };
  const scope = rootScope(content, { hasPreheader: true, hasPreferences });
  const first = rootScope(content, { hasPreheader: false, hasPreferences });
  walkSource(start('subject', 'text'), parts.subject, scope);
  walkSource(start('preheader', 'text'), parts.preheader ?? '', first);
  for (const flavour of ['html', 'text'] as const) {
    const source = parts[flavour];
    if (source === undefined) continue;
    const slot = { part: flavour, locale: given.locale, source, isFilled: false };
    const layout = { ...start(`layout.${flavour}`, flavour), locale: null, slot };
    walkSource(layout, content.layout[flavour], scope);
    if (!slot.isFilled) report(layout, atStart, 'layout', 'content', 'lacks {{> content}}');
  }
}

const atStart: Located = { loc: { start: { line: 1, column: 0 } } };

function walkSource(walk: Walk, source: string, scope: Scope): void {
  const parsed = parseSource(source);
  if ('program' in parsed) walkProgram(walk, parsed.program, scope);
  else report(walk, { loc: { start: { line: parsed.line, column: 0 } } }, 'parse', '', parsed.problem);
}

type Statement =
  | hbs.AST.MustacheStatement
  | hbs.AST.BlockStatement
  | hbs.AST.PartialStatement
  | hbs.AST.PartialBlockStatement
  | hbs.AST.ContentStatement
  | hbs.AST.CommentStatement;

const blockHelpers = new Set(['if', 'unless', 'with', 'each']);

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
      report(
        walk,
        statement,
        'partial',
        '',
        'blocks given to partials, inline partials and decorators are not supported',
      );
  }
}

function walkMustache(walk: Walk, mustache: hbs.AST.MustacheStatement, scope: Scope): void {
  const { path, params, hash } = mustache;
  const isCall = params.length > 0 || hash !== undefined || !isPath(path) || inlineHelpers.has(path.original);
  const isHelper = isCall && !(isPath(path) && isBlockParam(scope, path));
  const spec = isHelper ? typeOfCall(walk, mustache, scope) : typeOf(walk, path, scope);
  checkOutput(walk, mustache, isHelper, spec, scope);
}

function walkBlock(walk: Walk, block: hbs.AST.BlockStatement, scope: Scope): void {
  const name = written(block.path);
  const [subject, ...others] = block.params;
  const spec = subject && typeOf(walk, subject, scope);
  typesOfHash(walk, block.hash, scope);
  if (!blockHelpers.has(name)) report(walk, block, 'helper', name, `#${name} is not a block helper`);
  else if (!subject || others.length > 0) report(walk, block, 'helper', name, `#${name} takes one argument`);
  else if (name === 'each' && spec && itemsOf(spec).length === 0)
    report(walk, subject, 'type', written(subject), `${written(subject)} is not a list`);
  if (name === 'each' && spec) for (const item of itemsOf(spec)) walk.use(item);
  const guarded = new Set([...walk.guarded, ...(subject ? mentionedIn(subject, scope) : [])]);
  const within = { ...walk, guarded };
  const names = block.program?.blockParams ?? [];
  for (const inner of bodyScopes(name, spec, names, scope)) walkProgram(within, block.program, inner);
  walkProgram(within, block.inverse, scope);
}

function walkPartial(walk: Walk, partial: hbs.AST.PartialStatement, scope: Scope): void {
  const name = written(partial.name);
  const context = partial.params[0] ? typeOf(walk, partial.params[0], scope) : scope.self;
  const given = typesOfHash(walk, partial.hash, scope);
  const source = Object.hasOwn(walk.partials, name) ? walk.partials[name] : undefined;
  if (source === undefined) report(walk, partial, 'partial', name, `there is no partial ${name}`);
  else if (walk.open.includes(name))
    report(walk, partial, 'partial', name, `the partial ${name} includes itself`);
  else if (context) {
    const { slot: _, ...within } = walk;
    const part = `partial:${name}.${walk.flavour}` as const;
    const inside = { ...within, part, locale: null, open: [...walk.open, name] };
    walkSource(inside, source, partialScope(scope, context, given));
  }
}

/** Whether it is where a layout takes its part: rendering puts that in as text, so only the plain form counts, once. */
export function isSlot({ name, params, hash, strip }: hbs.AST.PartialStatement): boolean {
  const isPlain = params.length === 0 && hash === undefined && !strip.open && !strip.close;
  return isPlain && isPath(name) && name.original === 'content';
}

function fillSlot(walk: Walk, slot: NonNullable<Walk['slot']>, scope: Scope): void {
  slot.isFilled = true;
  const { slot: _, ...within } = walk;
  walkSource({ ...within, part: slot.part, locale: slot.locale }, slot.source, scope);
}
