#!/usr/bin/env node
/** The command `postlane`: each word starts what it names, configured by the environment. */
const commands: Record<string, { what: string; run: () => Promise<unknown> }> = {
  server: { what: 'webhooks and pages', run: () => import('../server/main.ts') },
  worker: { what: 'retries, campaigns, reconciliation', run: () => import('./main.ts') },
  migrate: { what: 'bring the schema of DATABASE_URL up to date', run: migrateDatabase },
  sandbox: { what: 'a local Postmark to send into; --help shows its flags', run: runSandbox },
  templates: { what: 'compare, push and pull template files; write their types', run: manageTemplates },
  user: { what: 'accounts of the pages: add, reset, list', run: manageUsers },
};

const [name = ''] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (command) {
  await command.run();
} else {
  const lines = Object.entries(commands).map(([word, { what }]) => `  postlane ${word.padEnd(9)} ${what}`);
  console.error(['Usage:', ...lines].join('\n'));
  // EX_USAGE of sysexits.h.
  process.exitCode = 64;
}

async function manageUsers(): Promise<void> {
  const { loadConfig } = await import('../server/config.ts');
  const { runUserCommand } = await import('../server/admin/access/command.ts');
  try {
    // What a library logs of its work is not the answer of a command.
    const config = { ...loadConfig(process.env), logLevel: 'error' };
    await runUserCommand(config, process.argv.slice(3), text => console.log(text));
  } catch (error) {
    const { message, name, exitCode = 1 } = error as Error & { exitCode?: number };
    console.error(name === 'PageError' || exitCode !== 1 ? message : error);
    process.exit(exitCode);
  }
}

async function manageTemplates(): Promise<void> {
  const { loadConfig } = await import('../server/config.ts');
  const { failStart } = await import('../server/stopping.ts');
  const { runTemplatesCommand } = await import('./templates-command.ts');
  try {
    const config = () => ({ ...loadConfig(process.env), logLevel: 'error' });
    process.exitCode = await runTemplatesCommand(process.argv.slice(3), config, text => console.log(text));
  } catch (error) {
    if ((error as Error).name !== 'MailError') failStart(error);
    console.error((error as Error).message);
    process.exit(1);
  }
}

async function migrateDatabase(): Promise<void> {
  const { loadConfig } = await import('../server/config.ts');
  const { failStart } = await import('../server/stopping.ts');
  const { connect } = await import('../db/connect.ts');
  const { migrate } = await import('../db/migrate.ts');
  try {
    const db = connect(loadConfig(process.env).databaseUrl, { poolSize: 2 });
    const names = await migrate(db);
    console.log(names.length > 0 ? `Migrated: ${names.join(', ')}` : 'The schema is up to date.');
    await db.destroy();
  } catch (error) {
    failStart(error);
  }
}

async function runSandbox(): Promise<void> {
  const { runSandbox: run } = await import('../test/sandbox/command.ts');
  await run(process.argv.slice(3), process.env);
}
