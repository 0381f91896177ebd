import { MailError } from '../error.ts';

/** Why something an admin typed could not be worked on. */
export interface RenderProblem {
  /** Took too long, too much memory, grew too large; or is a fault of the template or of the data given to it. */
  problem: 'time' | 'memory' | 'size' | 'template' | 'data';
  message: string;
}

/** What became of a piece of work: its value, or why there is none. */
export type WorkOutcome<T> = { ok: true; value: T } | ({ ok: false } & RenderProblem);

/** An exception thrown while rendering, as a value. */
export function problemOf(error: unknown): RenderProblem {
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
