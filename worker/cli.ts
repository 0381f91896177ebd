#!/usr/bin/env node
/** The command `postlane`: each word starts what it names, configured by the environment. */
interface Command {
  what: string;
  /** What `--help` prints; a command without it takes no arguments. */
  usage?: () => Promise<string>;
  run: (args: string[]) => Promise<unknown>;
}

const commands: Record<string, Command> = {
  server: { what: 'webhooks and pages', run: () => import('../server/main.ts') },
  worker: { what: 'retries, campaigns, reconciliation', run: () => import('./main.ts') },
  migrate: { what: 'bring the schema of DATABASE_URL up to date', run: migrateDatabase },
  sandbox: {
    what: 'a local Postmark to send into',
    usage: async () => (await import('../test/sandbox/command.ts')).USAGE,
    run: async args => (await import('../test/sandbox/command.ts')).runSandbox(args, process.env),
  },
  templates: {
    what: 'compare, push and pull template files; write their types',
    usage: async () => (await import('./templates-command.ts')).templatesUsage,
    run: manageTemplates,
  },
  user: {
    what: 'accounts of the pages: add, reset, list',
    usage: async () => (await import('../server/accounts/command.ts')).userUsage,
    run: manageUsers,
  },
};

/** Errors that answer what was asked: their message alone is for the person at the terminal. */
const answers = new Set(['MailError', 'AccountError']);

await main(process.argv.slice(2)).catch(fail);

async function main([name = '', ...args]: string[]): Promise<void> {
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) return asksForHelp(name) ? console.log(usage()) : misused(usage());
  const { what, usage: ownUsage, run } = command;
  const help = ownUsage ?? (async () => `postlane ${name}  ${what}`);
  if (args.some(asksForHelp)) return console.log(await help());
  if (args.length > 0 && !ownUsage) return misused(await help());
  await run(args);
}

function usage(): string {
  const lines = Object.entries(commands).map(([word, { what }]) => `  postlane ${word.padEnd(9)} ${what}`);
  return ['Usage:', ...lines, '', 'postlane COMMAND --help says how to use one.'].join('\n');
}

function asksForHelp(word: string): boolean {
  return word === '--help' || word === '-h';
}

function misused(text: string): void {
  console.error(text);
  // EX_USAGE of sysexits.h.
  process.exitCode = 64;
}

async function manageUsers(args: string[]): Promise<void> {
  const { runUserCommand } = await import('../server/accounts/command.ts');
  await runUserCommand(await configReader(), args, text => console.log(text));
}

async function manageTemplates(args: string[]): Promise<void> {
  const { runTemplatesCommand } = await import('./templates-command.ts');
  process.exitCode = await runTemplatesCommand(args, await configReader(), text => console.log(text));
}

/** Reads the configuration when it is called. What a library logs of its work is not the answer of a command. */
async function configReader() {
  const { loadConfig } = await import('../server/config.ts');
  return () => ({ ...loadConfig(process.env), logLevel: 'error' });
}

async function migrateDatabase(): Promise<void> {
  const { loadDatabaseUrl } = await import('../server/config.ts');
  const { connect } = await import('../db/connect.ts');
  const { migrate } = await import('../db/migrate.ts');
  const db = connect(loadDatabaseUrl(process.env), { poolSize: 2 });
  const names = await migrate(db);
  console.log(names.length > 0 ? `Migrated: ${names.join(', ')}` : 'The schema is up to date.');
  await db.destroy();
}

function fail(error: unknown): never {
  const { message, name, exitCode = 1 } = error as Error & { exitCode?: number };
  console.error(answers.has(name) || exitCode !== 1 ? message : error);
  process.exit(exitCode);
}
