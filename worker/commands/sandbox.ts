import type { AddCommands, Terminal } from './command.ts';

/** `postlane sandbox`, which reads its arguments itself: here it is only listed. */
export const addSandbox: AddCommands = program => {
  program.command('sandbox').description('run a local Postmark to send into, with pages that show the mail');
};

/** Runs it until it is stopped. */
export async function runSandboxCommand(words: readonly string[], { env }: Terminal): Promise<number> {
  const { runSandbox } = await import('../../test/sandbox/command.ts');
  await runSandbox(words, { ...env });
  return Number(process.exitCode ?? 0);
}
