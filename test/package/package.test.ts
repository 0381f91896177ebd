import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { testDatabaseUrl } from '../support/database.ts';
import { installedIn, pack, type Scratch, scratchFolder } from '../support/scratch.ts';
import { consumer, shop } from './shop.ts';

const publicValues = [
  ...[
    'ConfigError',
    'MailError',
    'MalformedEvent',

    'createMail',
    'defaultPolicy',
    'defineMail',
  ],
  ...[
    'eventKinds',
    'findConfig',
    'loadConfig',
    'messageStates',
    'postlaneFields',
    'postlaneTransport',
    'transactionAdapter',
  ],
];
const mostPackages = 150;
const mostBytes = 50e6;

// Long, and with the registry's packages of the day: run by .ci/run, or as `npm test -- test/package`.
describe('The package', function () {
  this.timeout(900_000);
  const scratch = scratchFolder();
  let tarball: string;
  let host: Scratch;

  before(async () => {
    tarball = await pack(scratch);
    host = scratch.host('shop', shop);
    await host.run('npm', ['install', tarball]);
  });
  after(() => scratch.remove());

  it('brings a plain host few packages', async () => {
    const { packages, bytes } = installedIn(host);
    console.log(`      ${packages} packages, ${(bytes / 1e6).toFixed(1)} MB on disk`);
    expect(packages).to.be.within(1, mostPackages);
    expect(bytes).to.be.within(1, mostBytes);
  });

  it('holds what is built and what that reads, its licences, and no tests', async () => {
    const files = (await scratch.run('tar', ['-tzf', tarball])).trim().split('\n');
    const others = files.filter(
      file => !/^package\/(dist\/|server\/.*\.(hbs|svg)$|templates\/starter\/|[^/]+$)/.test(file),
    );
    expect(others).to.deep.equal([]);
    expect(files.filter(file => /\.test\.|\/demo\//.test(file))).to.deep.equal([]);
    const licences = readFileSync(
      path.join(host.folder, 'node_modules/postlane/dist/THIRD-PARTY.txt'),
      'utf8',
    );
    for (const name of ['mjml', 'uuid', 'agenda', 'htmlparser2'])
      expect(licences).to.match(new RegExp(`^${name} \\d`, 'm'));
  });

  it('exports what is public and nothing else, the same by require and by import', async () => {
    const script = `
      const entries = ['', '/express', '/worker', '/agenda', '/testing'].map(name => 'postlane' + name);
      Promise.all(entries.map(entry => import(entry))).then(modules => {
        const same = modules.every((module, index) => {
          const required = require(entries[index]);
          return Object.keys(required).every(name => required[name] === module[name]);
        });
        console.log(JSON.stringify([same, Object.keys(require('postlane')).sort(), require('postlane/package.json').name]));
      });`;
    const [same, names, name] = JSON.parse(await host.run('node', ['-e', script]));
    expect(same).to.equal(true);
    expect(name).to.equal('postlane');
    expect(names).to.deep.equal(publicValues);
  });

  it('has a command', async () => {
    const command = path.join('node_modules', '.bin', 'postlane');
    expect(await host.run(command, ['--version'])).to.match(/^\d+\.\d+\.\d+\n$/);
    expect(await host.run(command, ['--help'])).to.include('migrate');
  });

  describe('in a host', () => {
    const tools = ['jest', 'mocha@11', 'vitest@3', 'typescript@5', 'esbuild', '@types/node@20'];
    let env: Record<string, string>;

    before(async () => {
      env = { DATABASE_URL: testDatabaseUrl() };
      await host.run('npm', ['install', '--save-dev', ...tools]);
    });

    it('runs under jest as it comes', async () => {
      expect(await host.run('npx', ['jest', 'jest'], env)).to.include('1 passed');
    });

    it('runs under mocha', async () => {
      expect(await host.run('npx', ['mocha', 'mocha/shop.test.mjs'], env)).to.include('2 passing');
    });

    it('runs under vitest', async () => {
      expect(await host.run('npx', ['vitest', 'run', '--dir', 'vitest'], env)).to.include('2 passed');
    });

    for (const [module, files] of Object.entries({
      node16: ['consumer.mts', 'consumer.cts'],
      nodenext: ['consumer.mts', 'consumer.cts'],
      bundler: ['consumer.ts'],
    })) {
      it(`compiles with TypeScript's ${module}, every declaration checked`, async () => {
        const project = host.host(module, Object.fromEntries(files.map(file => [file, consumer])));
        const resolution = module === 'bundler' ? ['esnext', '--moduleResolution', 'bundler'] : [module];
        const options = [
          '--noEmit',
          '--strict',
          '--exactOptionalPropertyTypes',
          '--types',
          'node',
          '--target',
          'es2022',
        ];
        await project.run('npx', ['tsc', ...options, '--module', ...resolution, ...files]);
      });
    }

    it('runs from a bundle of the host, left out of it or taken into it', async () => {
      const bundle = ['esbuild', '--bundle', '--platform=node'];
      await host.run('npx', [...bundle, 'bundled.cjs', '--packages=external', '--outfile=out/external.cjs']);
      expect(await host.run('node', ['out/external.cjs'], env)).to.include('sent');
      await host.run('npx', [...bundle, 'bundled.cjs', '--external:knex', '--outfile=out/inside.cjs']);
      expect(await host.run('node', ['out/inside.cjs'], env)).to.include('sent');
      await host.run('npx', [
        ...[...bundle, 'bundled.mjs', '--format=esm'],
        ...['--packages=external', '--outfile=out/external.mjs'],
      ]);
      expect(await host.run('node', ['out/external.mjs'])).to.include('imported');
    });
  });
});
