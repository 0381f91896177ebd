import { expect } from 'chai';
import { pack, repository, scratchFolder } from '../support/scratch.ts';

const engineStrict = { '.npmrc': 'engine-strict=true\n' };

// Long: run by .ci/run, or as `npm test -- test/package`.
describe('Package managers, strict about engines', function () {
  this.timeout(900_000);
  const scratch = scratchFolder();
  const managers = scratch.host('managers');
  let tarball: string;

  before(async () => {
    tarball = await pack(scratch);
    await managers.run('npm', ['install', 'pnpm@10', 'yarn@1']);
  });
  after(() => scratch.remove());

  for (const [name, args] of Object.entries({
    npm: ['install'],
    pnpm: ['add'],
    yarn: ['add', '--non-interactive'],
  })) {
    it(`${name} installs the tarball`, async () => {
      const host = scratch.host(name, engineStrict);
      const command = name === 'npm' ? name : `${managers.folder}/node_modules/.bin/${name}`;
      await host.run(command, [...args, tarball]);
      expect(await host.run('node', ['-p', "typeof require('postlane/worker').startWorker"])).to.equal(
        'function\n',
      );
      expect(await host.run('node_modules/.bin/postlane', ['--version'])).to.match(/^\d/);
    });
  }

  it('npm installs it from git, and builds it there', async () => {
    const host = scratch.host('git', engineStrict);
    await host.run('npm', ['install', `git+file://${repository}`]);
    expect(await host.run('node', ['-p', "typeof require('postlane').createMail"])).to.equal('function\n');
  });
});
