import { connect } from '../../db/connect.ts';
import { migrate, migrateSql } from '../../db/migrate.ts';
import { findOptions, loadDatabase } from '../../server/config/index.ts';
import type { AddCommands } from './command.ts';

/** `postlane migrate` needs the database alone: in a deploy it runs before there is anything else. */
export const addMigrate: AddCommands = (program, { env, configFile, answer }) => {
  program
    .command('migrate')
    .description('bring the schema of the database up to date')
    .option('--sql', 'print the statements that are still to be run, and run nothing')
    .addHelpText(
      'after',
      '\nExamples:\n  postlane migrate\n  DATABASE_URL=mysql://root@localhost/shop postlane migrate\n  postlane migrate --sql > upgrade.sql',
    )
    .action(async ({ sql = false }: { sql?: boolean }) => {
      const db = connect(loadDatabase(env, await findOptions({ env, file: configFile() })), { poolSize: 2 });
      try {
        if (sql) {
          const statements = await migrateSql(db);
          return answer(statements || '-- The schema is up to date.', { statements });
        }
        const migrated = await migrate(db);
        answer(migrated.length > 0 ? `Migrated: ${migrated.join(', ')}` : 'The schema is up to date.', {
          migrated,
        });
      } finally {
        await db.destroy();
      }
    });
};
