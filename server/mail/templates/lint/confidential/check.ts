import type { Issue } from '../../issue.ts';
import { inlineHelpers, isPath, written } from '../../language/expressions.ts';
import { parseSource } from '../../language/parse.ts';
import { htmlSources } from '../../language/render.ts';
import { bodyScopes, isBlockParam, partialScope, type Scope, unknownScope } from '../../language/scope.ts';
import type { TemplateContent, TemplateParts } from '../../language/template.ts';
import { isSlot } from '../../language/walk.ts';
import { AmbiguousHtml } from './html-place.ts';
import { charactersOf, print } from './print.ts';
import { createReader, type Reader } from './reader.ts';
import { eitherState, isSameState, type State, type Surroundings, stateAtStart } from './state.ts';
import { type Values, valuesOf } from './values.ts';

/**
 * Where a confidential template could give a field to somebody else than its recipient: inside another address, in what
 * mail programs fetch by themselves, or where programs differ about what it is. Every branch is looked at, whatever the
 * sample leads to. For content whose paths are sound.
 */
export function confidentialIssues(content: TemplateContent): Issue[] {
  if (!content.confidential) return [];
  const asWritten = issuesOf(content, { isCompiled: false });
  // Styles move onto elements before a mail is rendered: what comes of that is looked at too.
  return asWritten.length > 0 ? asWritten : issuesOf(content, { isCompiled: true });
}

function issuesOf(content: TemplateContent, { isCompiled }: { isCompiled: boolean }): Issue[] {
  const issues = new Map<string, Issue>();
  const report = (found: Issue) => void issues.set(JSON.stringify(found), found);
  for (const [locale, parts] of Object.entries(content.locales)) {
    const reader = createReader({ report, isCompiled, hasOwnText: parts.text !== undefined });
    const check = { locale, values: valuesOf(content), isCompiled, reader, programs: new Map() };
    walkHtml(content, parts, check);
    if (!isCompiled) walkTexts(content, parts, check);
  }
  return [...issues.values()];
}

interface Check {
  locale: string;
  values: Values;
  reader: Reader;
  isCompiled: boolean;
  /** What was parsed already: a partial may be used often. */
  programs: Map<string, ReturnType<typeof parseSource>>;
}

function walkHtml(content: TemplateContent, parts: TemplateParts, check: Check): void {
  const { locale } = check;
  const scope = check.values.root({ hasPreheader: true });
  if (check.isCompiled) {
    const { html, partials } = htmlSources(content, parts);
    run(check, stateAtStart('html'), { part: 'html', locale, partials, ...outermost }, html, scope);
    return;
  }
  const slot = { part: 'html' as const, locale, source: parts.html };
  const layout: Surroundings = {
    part: 'layout.html',
    locale: null,
    partials: content.partials.html,
    ...outermost,
    slot,
  };
  run(check, stateAtStart('html'), layout, content.layout.html, scope);
}

const outermost = { open: [], isGuess: false };

function walkTexts(content: TemplateContent, parts: TemplateParts, check: Check): void {
  const { locale, values } = check;
  const scope = values.root({ hasPreheader: true });
  const around = { partials: content.partials.text, ...outermost };
  const at = (part: Surroundings['part']): Surroundings => ({ ...around, part, locale });
  run(check, stateAtStart('text'), at('subject'), parts.subject, scope);
  const withoutItself = values.root({ hasPreheader: false });
  run(check, stateAtStart('text'), at('preheader'), parts.preheader ?? '', withoutItself);
  if (parts.text === undefined) return;
  const slot = { part: 'text' as const, locale, source: parts.text };
  const layout: Surroundings = { ...around, part: 'layout.text', locale: null, slot };
  run(check, stateAtStart('text'), layout, content.layout.text, scope);
}

function run(check: Check, state: State, around: Surroundings, source: string, scope: Scope): void {
  try {
    check.reader.located(around, atStart, () => {
      const end = walkSource(check, state, around, source, scope);
      if (end.html && end.html.mode !== 'text')
        throw new AmbiguousHtml('The HTML ends inside a tag or comment: close it.');
      return end;
    });
  } catch (error) {
    // What comes after it could be anything; the reader has said where.
    if (!(error instanceof AmbiguousHtml)) throw error;
  }
}

const atStart = { loc: { start: { line: 1, column: 0 } } };

function walkSource(check: Check, state: State, around: Surroundings, source: string, scope: Scope): State {
  check.reader.spend(source.length);
  const parsed = check.programs.get(source) ?? parseSource(source);
  check.programs.set(source, parsed);
  return 'program' in parsed ? walkProgram(check, state, around, parsed.program, scope) : state;
}

type Statement =
  | hbs.AST.MustacheStatement
  | hbs.AST.BlockStatement
  | hbs.AST.PartialStatement
  | hbs.AST.ContentStatement
  | hbs.AST.CommentStatement;

function walkProgram(
  check: Check,
  start: State,
  around: Surroundings,
  program: hbs.AST.Program | undefined,
  scope: Scope,
): State {
  let state = start;
  for (const statement of (program?.body ?? []) as Statement[]) {
    check.reader.spend(1);
    state = walkStatement(check, state, around, statement, scope);
  }
  return state;
}

function walkStatement(
  check: Check,
  state: State,
  around: Surroundings,
  statement: Statement,
  scope: Scope,
): State {
  switch (statement.type) {
    case 'ContentStatement':
      return check.reader.read(state, around, statement);
    case 'MustacheStatement':
      return walkMustache(check, state, around, statement, scope);
    case 'BlockStatement':
      return check.reader.located(around, statement, () => walkBlock(check, state, around, statement, scope));
    case 'PartialStatement':
      return walkPartial(check, state, around, statement, scope);
    default:
      return state;
  }
}

function walkMustache(
  { values, reader }: Check,
  state: State,
  around: Surroundings,
  mustache: hbs.AST.MustacheStatement,
  scope: Scope,
): State {
  const { path, params, hash, escaped, loc } = mustache;
  const isCall = params.length > 0 || hash !== undefined || !isPath(path) || inlineHelpers.has(path.original);
  const isHelper = isCall && !(isPath(path) && isBlockParam(scope, path));
  const value = isHelper ? values.ofCall(mustache, scope) : values.of(path, scope);
  const { part, locale } = around;
  const about = isHelper && params[0] ? written(params[0]) : written(path);
  const field = { part, locale, line: loc.start.line, column: loc.start.column + 1, about };
  const printed = { value, field, isEscaped: escaped };
  const characters = charactersOf(printed, state.html !== null);
  if (characters !== null) return reader.readCharacters(state, around, characters, field);
  if (reader.isBrandOfStyle(state, mustache)) return state;
  const { state: next, problem } = print(state, printed);
  if (problem) reader.reportField(field, problem);
  return next;
}

function walkBlock(
  check: Check,
  state: State,
  outside: Surroundings,
  block: hbs.AST.BlockStatement,
  scope: Scope,
): State {
  const name = written(block.path);
  const [subject] = block.params;
  const isGuess = outside.isGuess || (subject !== undefined && asksForValue(check.values, subject, scope));
  const around = { ...outside, isGuess };
  const otherwise = walkProgram(check, state, around, block.inverse, scope);
  if (name === 'if' || name === 'unless')
    return eitherState(walkProgram(check, state, around, block.program, scope), otherwise);
  const spec = subject && check.values.typeOf(subject, scope);
  const names = block.program?.blockParams ?? [];
  const known = bodyScopes(name, spec, names, scope);
  const scopes = known.length > 0 ? known : [unknownScope(names, check.values.unknown(), scope)];
  let before = eitherState(state, otherwise);
  // What one round leaves the next one goes on with; it settles after a few, for a word only gains.
  for (let round = 0; round < 4; round++) {
    const after = scopes
      .map(inner => walkProgram(check, before, around, block.program, inner))
      .reduce(eitherState, before);
    if (isSameState(before, after)) return after;
    before = after;
  }
  return before;
}

/** Whether a condition compares a field with a text: whoever sees which branch was taken knows the field. */
function asksForValue(values: Values, condition: hbs.AST.Expression, scope: Scope): boolean {
  return values.of(condition, scope).kind === 'answer';
}

function walkPartial(
  check: Check,
  state: State,
  around: Surroundings,
  partial: hbs.AST.PartialStatement,
  scope: Scope,
): State {
  const { slot, ...within } = around;
  if (slot && isSlot(partial)) {
    const { part, locale, source } = slot;
    return walkSource(check, state, { ...within, part, locale }, source, scope);
  }
  const name = written(partial.name);
  const source = Object.hasOwn(around.partials, name) ? around.partials[name] : undefined;
  if (source === undefined || around.open.includes(name)) return state;
  const [given] = partial.params;
  const context = (given && check.values.typeOf(given, scope)) ?? scope.self;
  const inside = partialScope(scope, context, check.values.given(partial.hash, scope));
  const flavour = state.html ? 'html' : 'text';
  const part = check.isCompiled ? around.part : (`partial:${name}.${flavour}` as const);
  const locale = check.isCompiled ? around.locale : null;
  return walkSource(check, state, { ...within, part, locale, open: [...around.open, name] }, source, inside);
}
