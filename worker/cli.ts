#!/usr/bin/env node
/** The command `postlane`: each word starts what it names, configured by the environment. */
const commands: Record<string, { what: string; run: () => Promise<unknown> }> = {
  server: { what: 'webhooks and pages', run: () => import('../server/main.ts') },
  worker: { what: 'retries, campaigns, reconciliation', run: () => import('./main.ts') },
  migrate: { what: 'bring the schema of DATABASE_URL up to date', run: migrateDatabase },
};

const [name = ''] = process.argv.slice(2);
const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
if (command) {
  await command.run();
} else {
  const lines = Object.entries(commands).map(([word, { what }]) => `  postlane ${word.padEnd(8)} ${what}`);
  console.error(['Usage:', ...lines].join('\n'));
  // EX_USAGE of sysexits.h.
  process.exitCode = 64;
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
