import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { Command } from 'commander';
import { contextOf } from '../../worker/commands/context.ts';
import { command } from '../support/command.ts';
import { testDatabaseUrl } from '../support/database.ts';

describe('what all commands of postlane have in common', () => {
  const env = {
    DATABASE_URL: testDatabaseUrl(),
    POSTMARK_SERVER_TOKEN: 'test-token',
    MAIL_FROM: 'shop@sender.example',
  };

  /** Every command that does something, as its words; those that only hold others are gone into. */
  async function everyCommand(above: string[] = []): Promise<string[][]> {
    const { out } = await command([...above, '--help']);
    const listed = out.split('\nCommands:\n')[1]?.split('\n\n')[0];
    if (listed === undefined) return [above];
    const names = [...listed.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name = '']) => name);
    const found: string[][] = [];
    for (const name of names.filter(one => one !== 'help' && one !== 'sandbox'))
      found.push(...(await everyCommand([...above, name])));
    return found;
  }

  it('shows an example in the help of each, and the exit codes in its own', async () => {
    const all = await everyCommand();
    expect(all.map(words => words.join(' '))).to.include.members([
      'status',
      'campaign retry-failed',
      'webhooks passwords remove',
      'suppressions import',
      'types',
    ]);
    for (const words of all) {
      const { exitCode, out } = await command([...words, '--help']);
      expect(exitCode).to.equal(0);
      expect(out, words.join(' ')).to.match(new RegExp(`\\nExamples?:\\n +(.*)postlane ${words.join(' ')}`));
    }
    const { out } = await command(['--help']);
    for (const code of [0, 1, 64, 69, 70, 78, 130]) expect(out).to.match(new RegExp(`^ +${code} +\\w`, 'm'));
  });

  it('prints the version', async () => {
    expect((await command(['--version'])).out).to.match(/^\d+\.\d+\.\d+/);
  });

  it('fails in a sentence, and with --json in one line of JSON', async () => {
    const wrong = { ...env, DATABASE_URL: testDatabaseUrl().replace(/\/\/[^@]*@/, '//nobody:wrong@') };
    const plain = await command(['status'], wrong);
    expect(plain).to.deep.equal({
      exitCode: 69,
      out: '',
      err: 'The database does not accept this user and password.',
    });
    const json = await command(['campaign', 'list', '--json'], wrong);
    expect([json.exitCode, JSON.parse(json.out), json.err]).to.deep.equal([
      69,
      { error: 'The database does not accept this user and password.', exitCode: 69 },
      '',
    ]);
    const missing = await command(['status', '--json'], {});
    expect(JSON.parse(missing.out)).to.deep.include({ exitCode: 78 });
    expect((await command(['status'], { ...wrong, POSTLANE_DEBUG: '1' })).err).to.match(/^\s+at /m);
  });

  it('writes no types into node_modules', async () => {
    const out = path.join('node_modules', 'postlane', 'templates.d.ts');
    for (const words of [['types'], ['templates', 'types']]) {
      const ended = await command([...words, '--folder', 'templates/demo', '--out', out]);
      expect(ended.exitCode).to.equal(64);
      expect(ended.err).to.match(/inside node_modules.*--out src\/mail-templates\.d\.ts/);
    }
  });

  it('types the topics of the configuration, and finds fault with them', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'postlane-topics-'));
    const file = path.join(folder, 'postlane.config.json');
    const out = path.join(folder, 'mail.d.ts');
    const types = (topics: unknown) =>
      writeFile(file, JSON.stringify({ topics })).then(() =>
        command(['types', '--config', file, '--folder', 'templates/demo', '--out', out]),
      );
    try {
      expect((await types(['news', 'price-drops'])).exitCode).to.equal(0);
      expect(await readFile(out, 'utf8')).to.include(
        'interface PostlaneTopics {\n    "news": true;\n    "price-drops": true;\n  }',
      );
      const wrong = await types('news');
      expect(wrong.exitCode).to.equal(78);
      expect(wrong.err).to.include('topics is not valid: set it to a list of words like news');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('draws progress where a person looks on, and none beside JSON', async () => {
    const drawn = async (...words: string[]) => {
      const screen = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
      const program = new Command().option('--json').exitOverride();
      const person = { ask: async () => '', screen, colour: false };
      const context = contextOf(program, { env: {}, out() {}, err() {}, person }, () => {});
      program.parse(words, { from: 'user' });
      const progress = await context.progress('Reading', 10);
      progress.at(5);
      progress.end();
      return String(screen.read() ?? '');
    };
    expect(await drawn()).to.match(/Reading .*50 %/);
    expect(await drawn('--json')).to.equal('');
  });
});
