import { MailError } from '../../error.ts';
import type { Fault } from '../lint/fault.ts';

/** Where in its sources a template has to be mended. */
export type FaultPlace = Pick<Fault, 'part' | 'locale' | 'line' | 'column'>;

/** Why something an admin typed could not be worked on. */
export interface RenderProblem {
  /** Took too long, too much memory, grew too large; or is a fault of the template or of the data given to it. */
  problem: 'time' | 'memory' | 'size' | 'template' | 'data';
  message: string;
  /** Where it is mended, when that is known. */
  place?: FaultPlace;
}

/** The problem of an outcome that has no value. */
export function withoutState({
  ok: _,
  ...problem
}: Exclude<WorkOutcome<never>, { ok: true }>): RenderProblem {
  return problem;
}

/** A problem in one line, with its part and line where they are known. */
export function problemText({ message, place }: RenderProblem): string {
  return place ? `${placeText(place)}: ${message}` : message;
}

/** A place in words: `html, nl, line 3`. */
export function placeText({ part, locale, line }: FaultPlace): string {
  const name = part.replace(/^partial:/, 'partial ').replace(/^layout\./, 'layout, ');
  return [name, ...(locale && locale !== 'default' ? [locale] : []), `line ${line}`].join(', ');
}

/** Thrown by a task that knows more about what went wrong than the exception it caught. */
export class ProblemError extends Error {
  readonly problem: RenderProblem;

  constructor(problem: RenderProblem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** What became of a piece of work: its value, or why there is none. */
export type WorkOutcome<T> = { ok: true; value: T } | ({ ok: false } & RenderProblem);

/** An exception thrown while rendering, as a value. */
export function problemOf(error: unknown): RenderProblem {
  if (error instanceof ProblemError) return error.problem;
  const message = error instanceof Error ? error.message : String(error);
  if (/Invalid string length|Array buffer allocation failed/.test(message))
    return { problem: 'size', message: 'The rendered mail is too large.' };
  if (/Maximum call stack/.test(message)) return { problem: 'template', message: tooDeep };
  return { problem: kindOf(error), message };
}

const tooDeep =
  'The template goes too deep: a partial may include itself, or thousands of elements lie inside each other.';

function kindOf(error: unknown): RenderProblem['problem'] {
  if (!(error instanceof MailError)) return 'template';
  if (error.code === 'invalid-data') return 'data';
  return error.code === 'too-large' ? 'size' : 'template';
}
