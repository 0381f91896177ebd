/** One command of a set-up. */
export interface Step {
  /** What it does, as a line for the person who waits. */
  title: string;
  command: string;
  args: string[];
  env?: NodeJS.ProcessEnv;
  log: (line: string) => void;
  /** Ends the command early. */
  signal?: AbortSignal | undefined;
  /** `inherit` where the command may ask for a password. Default `ignore`. */
  input?: 'inherit' | 'ignore';
}

/**
 * Runs a command as one step of a set-up: says `title` at once and, every few seconds, where it is. Its output is
 * kept back otherwise, and the end of it shown when the command fails. An aborted `signal` ends the command.
 */
export function runStep(step: Step): Promise<void>;
