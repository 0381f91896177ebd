import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { testDatabaseUrl } from '../support/database.ts';

const cli = fileURLToPath(new URL('../../worker/cli.ts', import.meta.url));

interface Ended {
  code: number;
  out: string;
  err: string;
}

/** Runs `postlane ...` with these variables alone. */
function postlane(words: string[], env: Record<string, string> = {}): Promise<Ended> {
  return new Promise(resolve => {
    const options = { env: { PATH: process.env.PATH, ...env }, timeout: 60_000 };
    execFile(process.execPath, ['--import', 'tsx', cli, ...words], options, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    );
  });
}

/** The variables named in a list of faults. */
function faultsIn({ err }: Ended): string[] {
  return [...err.matchAll(/^ {2}- ([A-Z_]+) /gm)].map(([, name = '']) => name);
}

describe('the command postlane', () => {
  it('migrates with DATABASE_URL alone', async () => {
    const { code, out, err } = await postlane(['migrate'], { DATABASE_URL: testDatabaseUrl() });
    expect({ code, out, err }).to.deep.equal({ code: 0, out: 'The schema is up to date.\n', err: '' });
  }).timeout(60_000);

  it('names every variable that is missing at once, with exit code 78', async () => {
    const all = ['DATABASE_URL', 'POSTMARK_SERVER_TOKEN', 'MAIL_FROM'];
    const needs: [words: string[], variables: string[]][] = [
      [['worker'], all],
      [['migrate'], ['DATABASE_URL']],
      [['user', 'list'], all],
    ];
    const ends = await Promise.all(needs.map(([words]) => postlane(words)));
    for (const [at, [words, variables]] of needs.entries()) {
      const ended = ends[at];
      expect(ended?.code, words.join(' ')).to.equal(78);
      expect(ended && faultsIn(ended), words.join(' ')).to.deep.equal(variables);
    }
  }).timeout(90_000);

  it('shows how each command is used, without any variable', async () => {
    const usages: [words: string[], text: RegExp][] = [
      [['-h'], /^Usage: postlane .*\n[\s\S]*migrate .*\n[\s\S]*sandbox/],
      [['migrate', '--help'], /^Usage: postlane migrate [\s\S]*bring the schema[\s\S]*Examples:/],
      [['user', 'reset', '--help'], /postlane user reset [\s\S]*--email <address>/],
    ];
    const ends = await Promise.all(usages.map(([words]) => postlane(words)));
    for (const [at, [words, text]] of usages.entries()) {
      expect(ends[at]?.code, words.join(' ')).to.equal(0);
      expect(ends[at]?.out, words.join(' ')).to.match(text);
    }
  }).timeout(90_000);

  it('does nothing it was not asked for, with exit code 64', async () => {
    const misused: [words: string[], text: RegExp][] = [
      [[], /^Usage:/],
      [['constructor'], /unknown command 'constructor'[\s\S]*Usage:/],
      [['migrat'], /Did you mean migrate\?/],
      [['migrate', '--dry-run'], /unknown option '--dry-run'[\s\S]*Usage: postlane migrate/],
      [['user', 'remove'], /Usage: postlane user/],
    ];
    const ends = await Promise.all(misused.map(([words]) => postlane(words)));
    for (const [at, [words, text]] of misused.entries()) {
      expect(ends[at]?.code, words.join(' ')).to.equal(64);
      expect(ends[at]?.err, words.join(' ')).to.match(text);
    }
  }).timeout(90_000);
});
