import { connect } from '../../db/connect.ts';
import { migrate } from '../../db/migrate.ts';
import { findOptions, loadDatabase } from '../../server/config/index.ts';
import type { AddCommands } from './command.ts';

/** `postlane migrate` needs the database alone: in a deploy it runs before there is anything else. */
export const addMigrate: AddCommands = (program, { env, configFile, answer }) => {
  program
    .command('migrate')
    .description('bring the schema of the database up to date')
    .addHelpText('after', '\nExample:\n  DATABASE_URL=mysql://root@localhost/shop postlane migrate')
    .action(async () => {
      const db = connect(loadDatabase(env, await findOptions({ env, file: configFile() })), { poolSize: 2 });
      try {
        const migrated = await migrate(db);
        answer(migrated.length > 0 ? `Migrated: ${migrated.join(', ')}` : 'The schema is up to date.', {
          migrated,
        });
      } finally {
        await db.destroy();
      }
    });
};
