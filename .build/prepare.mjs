import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

// npm, pnpm and yarn run this before they pack, and after they have cloned a dependency from git. `npm start` and
// `npm test` work from the sources and ask for no build.
if (process.env.POSTLANE_BUILD !== 'no') {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', '.build/main.ts'], {
    cwd: root,
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
}
