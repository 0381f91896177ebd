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

await main(process.argv.slice(2));

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
  const { loadConfig } = await import('../server/config.ts');
  const { runUserCommand } = await import('../server/accounts/command.ts');
  try {
    // What a library logs of its work is not the answer of a command.
    const config = () => ({ ...loadConfig(process.env), logLevel: 'error' });
    await runUserCommand(config, args, text => console.log(text));
  } catch (error) {
    const { message, name, exitCode = 1 } = error as Error & { exitCode?: number };
    console.error(name === 'PageError' || exitCode !== 1 ? message : error);
    process.exit(exitCode);
  }
}

async function manageTemplates(args: string[]): Promise<void> {
  const { loadConfig } = await import('../server/config.ts');
  const { failStart } = await import('../server/stopping.ts');
  const { runTemplatesCommand } = await import('./templates-command.ts');
  try {
    const config = () => ({ ...loadConfig(process.env), logLevel: 'error' });
    process.exitCode = await runTemplatesCommand(args, config, text => console.log(text));
  } catch (error) {
    if ((error as Error).name !== 'MailError') failStart(error);
    console.error((error as Error).message);
    process.exit(1);
  }
}

async function migrateDatabase(): Promise<void> {
  const { loadDatabaseUrl } = await import('../server/config.ts');
  const { failStart } = await import('../server/stopping.ts');
  const { connect } = await import('../db/connect.ts');
  const { migrate } = await import('../db/migrate.ts');
  try {
    const db = connect(loadDatabaseUrl(process.env), { poolSize: 2 });
    const names = await migrate(db);
    console.log(names.length > 0 ? `Migrated: ${names.join(', ')}` : 'The schema is up to date.');
    await db.destroy();
  } catch (error) {
    failStart(error);
  }
}
