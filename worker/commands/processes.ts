import type { AddCommands } from './command.ts';

/** `postlane server` and `postlane worker`: they run until they are stopped. */
export const addProcesses: AddCommands = (program, context) => {
  program
    .command('server')
    .description('serve webhooks and pages as a process of its own')
    .addHelpText('after', '\nExample:\n  POSTLANE_PORT=8080 postlane server')
    .action(async () => {
      const { startServer } = await import('../../server/start.ts');
      await startServer(await context.config());
    });
  program
    .command('worker')
    .description('retries, campaigns, reconciliation: one process or more beside the app')
    .addHelpText('after', '\nExample:\n  POSTLANE_LOG_LEVEL=warn postlane worker')
    .action(async () => {
      const { runWorker } = await import('../run.ts');
      await runWorker(await context.config());
    });
};
