import type { Issue, IssuePart } from '../issue.ts';
import type { FieldSpec } from './contract.ts';

/** The source being walked, what it may include, and where its issues go. */
export interface Walk {
  part: IssuePart;
  locale: string | null;
  flavour: 'html' | 'text';
  partials: Record<string, string>;
  /** The partials we are inside of, outermost first. */
  open: readonly string[];
  /** Fields that a block around this place asks about: here they are there, or their absence is known. */
  guarded: ReadonlySet<FieldSpec>;
  /** Of a layout: the part that takes the place of its first `{{> content}}`. */
  slot?: { part: 'html' | 'text'; locale: string; source: string; isFilled: boolean };
  report(issue: Issue): void;
  use(spec: FieldSpec): void;
}

/** What stands somewhere in a source: columns from 0, as the parser counts them. */
export type Located = { loc: { start: { line: number; column: number } } };

/** What a walk finds, and how each is fixed. */
const fixes = {
  parse: 'Look for braces or a block that is not closed.',
  path: 'Correct the name, or add it to the contract.',
  helper: 'Choose one from the list of helpers.',
  partial: 'Choose one from the list of partials, and pass it what it needs by name=value.',
  type: 'Give it a field of that type, or change the type in the contract.',
  markup: 'Use two braces, {{ }}.',
  optional: 'Put it between {{#if ...}} and {{/if}}, or make the field required.',
  layout: 'Put {{> content}} where the mail goes.',
  pages: 'Set publicUrl (POSTLANE_PUBLIC_URL) in the configuration, or take the link out.',
};

/** Reports an issue where it stands; an error unless said otherwise. `problem` is a sentence without its full stop. */
export function report(
  walk: Walk,
  { loc: { start } }: Located,
  rule: keyof typeof fixes,
  about: string,
  problem: string,
  severity: Issue['severity'] = 'error',
): void {
  const { part, locale } = walk;
  const message = `${asSentence(shortened(problem), about)} ${fixes[rule]}`;
  walk.report({ part, locale, line: start.line, column: start.column + 1, severity, rule, message, about });
}

// A path may be as long as its part.
function shortened(problem: string): string {
  return problem.length > 300 ? `${problem.slice(0, 299)}…` : problem;
}

// A name at the beginning stays as it is written.
function asSentence(problem: string, about: string): string {
  const startsWithName = about !== '' && problem.startsWith(about.split('.')[0] ?? about);
  return `${startsWithName ? problem[0] : problem[0]?.toUpperCase()}${problem.slice(1)}.`;
}
