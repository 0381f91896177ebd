/**
 * Where an issue is. `layout.html` and `layout.text` are the shared documents, `partial:NAME.html` a partial,
 * `contract`, `sample` and `from` what stands beside the parts; `template` is the whole of it.
 */
export type IssuePart =
  | 'subject'
  | 'preheader'
  | 'html'
  | 'text'
  | 'mjml'
  | 'layout.html'
  | 'layout.text'
  | `partial:${string}`
  | 'contract'
  | 'sample'
  | 'from'
  | 'template';

/** A place in the sources of a template. */
export interface SourcePosition {
  part: IssuePart;
  /** The language it is in; null where it is the same for all of them. */
  locale: string | null;
  /** From 1, in the source of the part; 1 where it concerns the part as a whole. */
  line: number;
  /** From 1. */
  column: number;
}

/** One thing that is wrong with a template. An error blocks publishing; a warning asks. */
export interface Issue extends SourcePosition {
  severity: 'error' | 'warning';
  /** Short and stable, such as `unsubscribe` or `link`. */
  rule: string;
  /** One or two sentences for an admin: what is wrong, and how to fix it. */
  message: string;
  /** What it is about as the source has it, where that is a name: `../order.total`, a helper or a partial. */
  about?: string;
}

/** An issue: an error of the template as a whole, save what is said otherwise. */
export function issue(
  rule: string,
  message: string,
  more: Partial<Omit<Issue, 'rule' | 'message'>> = {},
): Issue {
  return { part: 'template', locale: null, line: 1, column: 1, severity: 'error', ...more, rule, message };
}

/** True for what says that a check used up its time or memory, so that not all was looked at. */
export function usedUp({ rule }: Pick<Issue, 'rule'>): boolean {
  return rule === 'time' || rule === 'memory';
}

/** True for what blocks publishing. */
export function isError({ severity }: Issue): boolean {
  return severity === 'error';
}

/** Issues in the order an admin wants to see them: errors first, then by part and line. */
export function inOrder<I extends Issue>(issues: readonly I[]): I[] {
  const rank = ({ severity }: Issue) => (severity === 'error' ? 0 : 1);
  return [...issues].sort(
    (a, b) => rank(a) - rank(b) || a.part.localeCompare(b.part) || a.line - b.line || a.column - b.column,
  );
}

/** An issue in one line, with its part and line where they are known: `html, nl, line 3: It is ...`. */
export function issueText(one: Issue): string {
  return one.part === 'template' ? one.message : `${positionText(one)}: ${one.message}`;
}

/** A position in words: `html, nl, line 3`. */
export function positionText({ part, locale, line }: SourcePosition): string {
  const name = part.replace(/^partial:/, 'partial ').replace(/^layout\./, 'layout, ');
  return [name, ...(locale && locale !== 'default' ? [locale] : []), `line ${line}`].join(', ');
}
