import { createInterface } from 'node:readline/promises';
import type { ReadStream, WriteStream } from 'node:tty';
import { CommandError, exitCodes, type Person } from './command.ts';

/** Who sits at the terminal; undefined where input or output is a pipe or a file. */
export function personAt(
  input: NodeJS.ReadStream | ReadStream,
  screen: NodeJS.WriteStream | WriteStream,
): Person | undefined {
  if (!input.isTTY || !screen.isTTY) return undefined;
  return {
    screen,
    colour: screen.hasColors(),
    async ask(question) {
      const lines = createInterface({ input, output: screen });
      const stopped = new AbortController();
      lines.once('SIGINT', () => stopped.abort());
      try {
        return await lines.question(question, { signal: stopped.signal });
      } catch (error) {
        if (!stopped.signal.aborted) throw error;
        throw new CommandError('Stopped.', exitCodes.interrupted);
      } finally {
        lines.close();
      }
    },
  };
}
