import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { createMail, type MailConfig, type MailDeps, MailError } from '../../server/mail/index.ts';
import { runCommand } from '../../worker/commands/program.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { testConfig } from '../support/mail.ts';

describe('postlane init', () => {
  let folder = '';
  beforeEach(async () => {
    await emptyTables(testDatabase());
    folder = await mkdtemp(path.join(tmpdir(), 'postlane-init-'));
    await host({ type: 'module', devDependencies: { mocha: '*' } });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const host = (manifest: object) => writeFile(path.join(folder, 'package.json'), JSON.stringify(manifest));
  const read = (file: string) => readFile(path.join(folder, file), 'utf8');
  const init = async (words: string[] = [], ask?: (question: string) => string) => {
    const lines: string[] = [];
    const print = (line: string) => void lines.push(line);
    const person = ask && {
      ask: async (question: string) => ask(question),
      screen: process.stderr,
      colour: false,
    };
    const exitCode = await runCommand(['init', folder, ...words], {
      env: {},
      out: print,
      err: print,
      person,
    });
    return { exitCode, said: lines.join('\n') };
  };
  const filled = [
    '--brand',
    'Blue Door',
    '--from',
    'mail@bluedoor.test',
    '--url',
    'bluedoor.test',
    '--address',
    'Blue Door, 2 Hill, Leeds',
  ];
  const policy = { categories: { account: {}, transactional: {}, newsletter: { lane: 'bulk' as const } } };
  const opened = async (more: Partial<MailConfig> = {}, role: MailDeps['role'] = 'command') =>
    createMail(
      {
        ...testConfig(),
        from: 'Blue Door <mail@bluedoor.test>',
        policy,
        templates: path.join(folder, 'templates'),
        migrate: false,
        ...more,
      },
      { role },
    );

  for (const language of ['en', 'de', 'es', 'fr', 'nl']) {
    it(`lays templates in ${language} that a push takes without a warning, in production too`, async () => {
      expect((await init([...filled, '--language', language])).exitCode).to.equal(0);
      const mail = await opened({ production: true });
      try {
        const pushed = await mail.templates.files.push({ by: 'tests' });
        expect(pushed.issues).to.deep.equal([]);
        expect(pushed.applied).to.have.length(8);
        for (const key of await mail.templates.keys()) {
          const { source } = (await mail.templates.get({ kind: 'template', key }))?.published ?? {};
          if (!source) throw new Error(`${key} is not published.`);
          const reviewed = await mail.templates.review(source);
          expect(reviewed.flatMap(({ issues }) => issues)).to.deep.equal([]);
        }
        const { html, text, subject } = await mail.templates.sample('welcome');
        expect(html).to.contain(`<html lang="${language}"`).and.contain('Blue Door, 2 Hill, Leeds');
        for (const part of [html, text, subject])
          expect(part).not.to.match(/\[\[|Your Brand|example\.com|Alder/);
        expect((await mail.templates.sample('newsletter')).html).to.contain('href="#"');
      } finally {
        await mail.close();
      }
    }).timeout(60_000);
  }

  it('asks for what was not given, and only where somebody can be asked', async () => {
    const questions: string[] = [];
    const answers = ['Blue Door', 'mail@bluedoor.test', 'https://bluedoor.test/', 'Leeds', ''];
    await init([], question => {
      questions.push(question);
      return answers[questions.length - 1] ?? '';
    });
    expect(questions).to.have.length(5);
    expect(JSON.parse(await read('templates/brand.json'))).to.include({
      name: 'Blue Door',
      url: 'https://bluedoor.test',
      address: 'Leeds',
      supportEmail: 'mail@bluedoor.test',
      language: 'en',
    });
    expect(await read('postlane.config.js')).to.contain("from: 'Blue Door <mail@bluedoor.test>'");
  });

  it('overwrites nothing, and says what is there', async () => {
    await writeFile(path.join(folder, '.gitignore'), 'node_modules\n.env');
    await init(filled);
    expect(await read('.gitignore')).to.equal('node_modules\n.env\n.postlane/\n');
    await writeFile(path.join(folder, 'postlane.config.js'), '// mine');
    const { exitCode, said } = await init(['--yes']);
    expect(exitCode).to.equal(0);
    expect(said).to.match(/There already, left alone:\n {2}postlane\.config\.js\n {2}templates\/brand\.json/);
    expect(said).not.to.contain('Written:');
    expect(said).not.to.contain('Fill in');
    expect(await read('postlane.config.js')).to.equal('// mine');
    expect(await read('.gitignore')).to.equal('node_modules\n.env\n.postlane/\n');
  });

  it('goes beside a folder that holds other templates', async () => {
    await init(filled);
    await rm(path.join(folder, 'templates/brand.json'));
    await rm(path.join(folder, 'postlane.config.js'));
    await init(filled);
    expect(await read('postlane.config.js')).to.contain("templates: 'mail-templates'");
    expect(await read('mail-templates/welcome/html.hbs')).to.contain('Welcome');
  });

  const hosts: [
    what: string,
    manifest: object,
    tsconfig: boolean,
    config: string,
    test: string,
    text: RegExp,
  ][] = [
    [
      'TypeScript and vitest',
      { type: 'module', devDependencies: { typescript: '*', tsx: '*', vitest: '*' } },
      true,
      'postlane.config.ts',
      'test/mail.test.ts',
      /from 'vitest'/,
    ],
    [
      'CommonJS and jest',
      { devDependencies: { jest: '*' } },
      false,
      'postlane.config.js',
      'test/mail.test.js',
      /= require\('postlane\/testing'\);[\s\S]*beforeAll/,
    ],
    [
      'modules and node:test',
      { type: 'module', scripts: { test: 'node --test' } },
      false,
      'postlane.config.js',
      'test/mail.test.js',
      /from 'node:test'/,
    ],
    [
      'TypeScript and ts-jest',
      { devDependencies: { typescript: '*', tsx: '*', jest: '*', 'ts-jest': '*' } },
      true,
      'postlane.config.ts',
      'test/mail.test.ts',
      /type Capture, captureMail/,
    ],
  ];
  for (const [what, manifest, tsconfig, config, test, text] of hosts) {
    it(`suits a host with ${what}`, async () => {
      await host(manifest);
      if (tsconfig) await writeFile(path.join(folder, 'tsconfig.json'), '{}');
      const { said } = await init(filled);
      expect(said).to.contain(`  ${config}\n`).and.contain(`  ${test}\n`);
      expect(await read(test)).to.match(text);
    });
  }

  it('writes a configuration that loads as it is', async () => {
    for (const manifest of [{ type: 'module' }, {}]) {
      await host(manifest);
      await rm(path.join(folder, 'postlane.config.js'), { force: true });
      await init(filled);
      const text = (await read('postlane.config.js'))
        .replace("import { defineMail } from 'postlane';", 'const defineMail = options => options;')
        .replace("const { defineMail } = require('postlane');", 'const defineMail = options => options;');
      await writeFile(path.join(folder, 'postlane.config.js'), text);
      const lines: string[] = [];
      const print = (line: string) => void lines.push(line);
      const env = { DATABASE_URL: process.env.TEST_DATABASE_URL, POSTMARK_SERVER_TOKEN: 'test-token' };
      const words = ['--config', path.join(folder, 'postlane.config.js'), 'templates', 'push'];
      expect(await runCommand(words, { env, out: print, err: print }), lines.join('\n')).to.equal(0);
      await rm(path.join(folder, 'postlane.config.js'));
      await rm(path.join(folder, 'templates'), { recursive: true });
    }
  }).timeout(60_000);

  it('refuses what is no app, and answers that cannot be used', async () => {
    expect(await init(['--from', 'nobody'])).to.deep.include({ exitCode: 64 });
    expect(await init(['--language', 'xx'])).to.deep.include({ exitCode: 64 });
    await rm(path.join(folder, 'package.json'));
    expect((await init(filled)).said).to.match(/There is no .*package\.json/);
  });

  it('has brands of which production takes no example, at a start and at a push', async () => {
    await init(filled);
    const outlet = { from: 'Outlet <mail@outlet.test>', values: { name: 'Outlet' } };
    const refusals: [brand: object, field: string][] = [
      [{ ...outlet, values: { name: 'Your Brand' } }, 'brands.outlet.values.name'],
      [{ ...outlet, values: { url: 'https://www.example.com' } }, 'brands.outlet.values.url'],
      [{ ...outlet, from: 'Outlet <mail@example.com>' }, 'brands.outlet.from'],
    ];
    const first = await opened({ production: true, brands: { outlet } });
    expect((await first.templates.files.push({ by: 'tests' })).issues).to.deep.equal([]);
    await first.close();
    const brand = path.join(folder, 'templates/brand.json');
    await writeFile(brand, (await read('templates/brand.json')).replace('#1f5fbf', '#1f5fbe'));
    for (const [bad, field] of refusals) {
      const brands = { outlet: bad };
      const started = await opened({ production: true, brands }, 'app').then(
        mail => mail.close(),
        (reason: unknown) => reason,
      );
      expect(started, `start, ${field}`).to.include({ code: 'configuration', field });
      const mail = await opened({ production: true, brands });
      const pushed = await mail.templates.files.push({ by: 'tests' }).catch((reason: unknown) => reason);
      await mail.close();
      expect(pushed, `push, ${field}`).to.include({ code: 'configuration', field });
    }
    const development = await opened({ brands: { outlet: { values: { name: 'Your Brand' } } } });
    expect((await development.templates.files.push({ by: 'tests' })).issues).to.deep.equal([]);
    await development.close();
  }).timeout(60_000);

  describe('left with its placeholders', () => {
    beforeEach(async () => {
      const { said } = await init(['--yes']);
      expect(said).to.match(/Fill in name, url, address, supportEmail of the brand/);
    });

    it('can be pushed in development, and neither pushed nor started with in production', async () => {
      const production = await opened({ production: true });
      const refused = await production.templates.files.push({ by: 'tests' });
      await production.close();
      expect(refused.issues.map(({ about }) => about)).to.deep.equal([
        'name',
        'url',
        'address',
        'supportEmail',
      ]);
      expect(refused.applied).to.deep.equal([]);

      const development = await opened();
      expect((await development.templates.files.push({ by: 'tests' })).issues).to.deep.equal([]);
      await development.close();
      const start = createMail({ ...testConfig(), policy, production: true, migrate: false });
      const error = await start.then(
        mail => mail.close(),
        (reason: unknown) => reason,
      );
      expect(error).to.be.instanceOf(MailError).and.include({ code: 'configuration' });
    }).timeout(60_000);

    it('has a sender that production refuses', async () => {
      const start = createMail({
        ...testConfig(),
        from: 'Your Brand <mail@example.com>',
        policy,
        production: true,
        migrate: false,
      });
      const error = await start.then(
        mail => mail.close(),
        (reason: unknown) => reason,
      );
      expect(error).to.include({ code: 'configuration', field: 'from' });
    });
  });
});
