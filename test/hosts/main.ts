import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { resolveDatabase } from '../../db/local.ts';
import { createDatabase, dropDatabase } from '../../db/migrate.ts';
import { runGuide } from './guide.ts';
import { packPostlane } from './pack.ts';
import { runRollingDeploy } from './rolling/deploy.ts';
import { run } from './run-command.ts';

/**
 * `npm run test:hosts [NAME...]`: each shop of `shops/` installs the packed tarball into a folder of its own and runs its own
 * tests, on a database of its own; `guide` executes the README, and `rolling-deploy` plays a deploy and its rollback. The last line
 * counts them, as `npm test` does.
 */
const shops = fileURLToPath(new URL('./shops', import.meta.url));

/** What is not a shop that runs its own tests. */
const plays: Record<string, (scratch: string, tarball: string, url: string) => Promise<void>> = {
  guide: runGuide,
  'rolling-deploy': runRollingDeploy,
};

const asked = process.argv.slice(2);
const names = (await readdir(shops))
  .concat(...Object.keys(plays))
  .filter(name => asked.length === 0 || asked.includes(name));
const database = await resolveDatabase({ name: 'test', env: process.env, log: console.log });
const scratch = await mkdtemp(path.join(tmpdir(), 'postlane-hosts-'));
const failed: string[] = [];
try {
  const tarball = await packPostlane(scratch);
  for (const name of names) {
    console.log(`\n== ${name}`);
    try {
      await inDatabase(name, url =>
        plays[name] ? plays[name](scratch, tarball, url) : testShop(name, tarball, url),
      );
    } catch (error) {
      failed.push(name);
      console.error(error instanceof Error ? error.message : error);
    }
  }
} finally {
  await rm(scratch, { recursive: true, force: true });
  await database.stop();
}
console.log(
  `${names.length - failed.length} passed, ${failed.length} failed${failed.map(name => ` ${name}`).join('')}`,
);
process.exitCode = failed.length > 0 ? 1 : 0;

async function inDatabase(name: string, work: (url: string) => Promise<void>): Promise<void> {
  const url = new URL(database.url);
  url.pathname += `_${name.replaceAll('-', '_')}`;
  await dropDatabase(url.href);
  await createDatabase(url.href);
  await work(url.href);
}

/** Copies a shop out of the repository, installs it as a team would, and runs its tests. */
async function testShop(name: string, tarball: string, url: string): Promise<void> {
  const folder = path.join(scratch, name);
  await cp(path.join(shops, name), folder, { recursive: true });
  await run('npm', ['install', '--no-audit', '--no-fund', '--engine-strict', tarball], { cwd: folder });
  await run('npm', ['test'], {
    cwd: folder,
    env: { DATABASE_URL: url, POSTMARK_SERVER_TOKEN: 'token-of-the-shop' },
  });
}
