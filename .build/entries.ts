/** What a host imports: the path below the package's name (`index` for none), and the module behind it. */
export const entries: Readonly<Record<string, string>> = {
  index: 'server/index.ts',
  express: 'server/express.ts',
  worker: 'worker/index.ts',
  agenda: 'worker/agenda-mysql/index.ts',
  testing: 'server/testing/index.ts',
};

/** What is run instead of imported: the command, and both ends of a rendering thread. */
export const programs: Readonly<Record<string, string>> = {
  cli: 'worker/cli.ts',
  'pool-task': 'server/mail/templates/preview/pool-worker.ts',
  'pool-thread': 'node_modules/piscina/dist/worker.js',
};
