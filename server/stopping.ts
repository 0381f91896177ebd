import { MailError } from './mail/index.ts';

/**
 * Runs `stop` once, at the first SIGINT or SIGTERM, or when the parent that started this process is gone; then exits.
 * A second signal does not wait.
 */
export function stopOnSignal(stop: () => Promise<void>): void {
  let stopping = false;
  const begin = async (exitCode: number): Promise<void> => {
    if (stopping) process.exit(exitCode);
    stopping = true;
    try {
      await stop();
      process.exit(0);
    } catch (error) {
      console.error(error);
      process.exit(1);
    }
  };
  process.on('SIGINT', () => void begin(130));
  process.on('SIGTERM', () => void begin(143));
  // Children of `npm start` have a channel to it; when it breaks, nobody is left to stop them.
  process.on('disconnect', () => void begin(1));
}

/** Prints what is wrong with a start and ends the process: 78 for configuration, 1 for anything else. */
export function failStart(error: unknown): never {
  const isConfiguration = isWrongConfiguration(error);
  console.error(isConfiguration ? (error as Error).message : error);
  process.exit(isConfiguration ? 78 : 1);
}

/** True for an error that only a change of the configuration helps against; its message says which. */
export function isWrongConfiguration(error: unknown): boolean {
  const { exitCode, code } = (error ?? {}) as { exitCode?: number; code?: string };
  return exitCode === 78 || (error instanceof MailError && code === 'configuration');
}
