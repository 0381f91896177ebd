import { MailError } from '../../error.ts';
import { type Issue, issue } from '../issue.ts';

/**
 * Why something an admin typed could not be worked on. It took too long, too much memory, or grew too large; or it is a
 * fault of the template or of the data given to it. The part is `template` where the place is not known.
 */
export interface RenderIssue extends Issue {
  rule: 'time' | 'memory' | 'size' | 'template' | 'data';
}

/** What became of a piece of work: its value, or why there is none. */
export type WorkOutcome<T> = { ok: true; value: T } | { ok: false; problem: RenderIssue };

/** A piece of work that has no value. */
export function failed(rule: RenderIssue['rule'], message: string): { ok: false; problem: RenderIssue } {
  return { ok: false, problem: renderIssue(rule, message) };
}

/** See {@link RenderIssue}. */
export function renderIssue(rule: RenderIssue['rule'], message: string): RenderIssue {
  return { ...issue(rule, message), rule };
}

/** Thrown by a task that knows more about what went wrong than the exception it caught. */
export class RenderError extends Error {
  readonly problem: RenderIssue;

  constructor(problem: RenderIssue) {
    super(problem.message);
    this.problem = problem;
  }
}

/** An exception thrown while rendering, as a value. */
export function problemOf(error: unknown): RenderIssue {
  if (error instanceof RenderError) return error.problem;
  const message = error instanceof Error ? error.message : String(error);
  if (/Invalid string length|Array buffer allocation failed/.test(message))
    return renderIssue('size', 'The rendered mail is too large.');
  if (/Maximum call stack/.test(message)) return renderIssue('template', tooDeep);
  return renderIssue(ruleOf(error), message);
}

const tooDeep =
  'The template goes too deep: a partial may include itself, or thousands of elements lie inside each other.';

function ruleOf(error: unknown): RenderIssue['rule'] {
  if (!(error instanceof MailError)) return 'template';
  if (error.code === 'invalid-data') return 'data';
  return error.code === 'too-large' ? 'size' : 'template';
}
