import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'chai';
import { runCommand } from '../../worker/commands/program.ts';
import { openAuthoring, putFile, saveDraftOf, useAuthoring } from '../support/authoring.ts';
import { testDatabase, testDatabaseUrl } from '../support/database.ts';
import { until } from '../support/until.ts';

describe('the command postlane templates', () => {
  const db = testDatabase();
  const { folder } = useAuthoring();

  const env = {
    DATABASE_URL: testDatabaseUrl(),
    POSTMARK_SERVER_TOKEN: 'test-token',
    MAIL_FROM: 'shop@sender.example',
    POSTLANE_CONFIG: path.join(import.meta.dirname, '../../server/demo/postlane.config.ts'),
  };

  async function run(...args: string[]): Promise<{ exitCode: number; said: string }> {
    return command(['templates', ...args, '--folder', folder], env);
  }

  async function command(words: string[], variables: Record<string, string> = {}) {
    const lines: string[] = [];
    const print = (line: string) => void lines.push(line);
    const exitCode = await runCommand(words, { env: variables, out: print, err: print });
    return { exitCode, said: lines.join('\n') };
  }

  it('shows how to use it when it is not understood', async () => {
    for (const args of [[], ['publish'], ['push', 'x'], ['diff', '--fast'], ['constructor']]) {
      const { exitCode, said } = await run(...args);
      expect(exitCode).to.equal(64);
      expect(said).to.match(/Usage: postlane templates/);
    }
  });

  it('compares, changing nothing', async () => {
    expect(await run('diff')).to.deep.equal({ exitCode: 0, said: 'Files and database agree.' });
    await putFile(folder, 'welcome/subject.hbs', 'Dear {{name}}');
    expect(await run('diff')).to.deep.equal({
      exitCode: 1,
      said: [
        'template:welcome: it changed in the files, a push publishes it',
        '  subject',
        '  @@ database line 1, file line 1 @@',
        '  -Welcome {{name}}',
        '  +Dear {{name}}',
      ].join('\n'),
    });
    expect(await db('postlane_template_versions').where({ template: 'welcome' })).to.have.length(1);
  });

  it('pushes and pulls, and leaves a conflict until one side is given up', async () => {
    const authoring = openAuthoring(db, folder);
    const welcome = { kind: 'template', key: 'welcome' } as const;
    const revision = await saveDraftOf(authoring, welcome, content => {
      content.locales.default.subject = 'Hello {{name}}';
    });
    await authoring.publish(welcome, { revision, message: 'm', by: 'ann' });
    await putFile(folder, 'welcome/subject.hbs', 'Dear {{name}}');
    expect(await run('diff')).to.deep.equal({
      exitCode: 1,
      said: [
        'template:welcome: it changed in both; look at the diff, then push or pull it with --force',
        '  What the database changed since version 1, when both said the same:',
        '  subject',
        '  @@ version 1 line 1, database line 1 @@',
        '  -Welcome {{name}}',
        '  +Hello {{name}}',
        '  What the file changed since then:',
        '  subject',
        '  @@ version 1 line 1, file line 1 @@',
        '  -Welcome {{name}}',
        '  +Dear {{name}}',
      ].join('\n'),
    });
    const conflict = /^Left template:welcome alone: it changed in both/;
    for (const verb of ['push', 'pull']) {
      const { exitCode, said } = await run(verb);
      expect(exitCode).to.equal(1);
      expect(said).to.match(conflict);
    }
    expect(await run('pull', '--force', 'template:welcome')).to.deep.equal({
      exitCode: 0,
      said: 'Wrote template:welcome.',
    });
    expect(await readFile(path.join(folder, 'welcome/subject.hbs'), 'utf8')).to.equal('Hello {{name}}');
    expect((await run('push')).said).to.equal('There was nothing to do.');
  });

  it('refuses to force what does not differ, and a folder that is not there', async () => {
    const { exitCode, said } = await run('push', '--force', 'template:wellcome');
    expect(exitCode).to.equal(64);
    expect(said).to.match(/^Nothing to force: template:wellcome\./);
    const lost = await command(['templates', 'diff', '--folder', path.join(folder, 'gone')]);
    expect(lost).to.deep.equal({ exitCode: 64, said: `There is no folder ${path.join(folder, 'gone')}.` });
  });

  it('writes types without a database', async () => {
    const out = path.join(folder, 'types/mail.d.ts');
    const { exitCode } = await command(['templates', 'types', '--folder', folder, '--out', out]);
    expect(exitCode).to.equal(0);
    expect(await readFile(out, 'utf8')).to.contain('"welcome": {\n      name: string;');
  });

  it('answers with one line of JSON when asked to', async () => {
    await putFile(folder, 'welcome/subject.hbs', 'Dear {{name}}');
    const { exitCode, said } = await run('diff', '--json');
    expect([exitCode, JSON.parse(said)]).to.deep.equal([1, [{ source: 'template:welcome', state: 'file' }]]);
  });

  it('names file and line of what a push refuses', async () => {
    await putFile(folder, 'welcome/html.hbs', '<p>Hello</p>\n<p>{{nobody}}</p>');
    const { exitCode, said } = await run('push');
    expect(exitCode).to.equal(1);
    const file = path.join(folder, 'welcome/html.hbs');
    expect(said.slice(0, file.length)).to.equal(file);
    expect(said.slice(file.length)).to.match(/^:2: nobody is not in the data contract/);
  });

  it('watches: publishes what is saved, says what is faulty, and is refused in production', async () => {
    const stop = new AbortController();
    const lines: string[] = [];
    const print = (line: string) => void lines.push(line);
    const words = ['templates', 'watch', '--folder', folder];
    const ended = runCommand(words, { env, out: print, err: print, signal: stop.signal });
    const saw = (what: RegExp) => until(String(what), () => what.test(lines.join('\n')) || lines.join('\n'));
    await saw(/Watching/);
    await putFile(folder, 'welcome/html.hbs', '<p>\n{{nobody}}</p>');
    await saw(/welcome\/html\.hbs:2: nobody/);
    await putFile(folder, 'welcome/html.hbs', '<p>Good day {{name}}</p>');
    await saw(/Published template:welcome/);
    stop.abort();
    expect(await ended).to.equal(130);
    const secrets = { WEBHOOK_CREDENTIALS: 'postmark:a-password', POSTLANE_SECRET_KEY: 'k'.repeat(32) };
    const refused = await command(words, { ...env, ...secrets, NODE_ENV: 'production' });
    expect(refused).to.deep.equal({
      exitCode: 1,
      said: 'In production nothing is published on saving: use postlane templates push.',
    });
  }).timeout(60_000);
});
