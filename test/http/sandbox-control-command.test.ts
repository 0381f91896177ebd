import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { readArguments, UsageError } from '../sandbox/arguments.ts';
import { createSandbox } from '../sandbox/index.ts';

const cli = new URL('../../worker/cli.ts', import.meta.url).pathname;

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

describe('the command postlane sandbox', () => {
  const running = new Set<ChildProcess>();

  afterEach(() => {
    for (const child of running) child.kill('SIGKILL');
    running.clear();
  });

  function start(args: string[], env: NodeJS.ProcessEnv = {}): ChildProcess & { ended: Promise<Ended> } {
    const child = spawn(process.execPath, ['--import', 'tsx', cli, 'sandbox', ...args], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(child);
    let [out, err] = ['', ''];
    child.stdout.on('data', chunk => {
      out += chunk;
    });
    child.stderr.on('data', chunk => {
      err += chunk;
    });
    const ended = once(child, 'close').then(([code]) => ({ code, out, err }));
    return Object.assign(child, { ended });
  }

  const firstOutput = async (child: ChildProcess): Promise<string> => {
    const [chunk] = child.stdout ? await once(child.stdout, 'data') : [''];
    return String(chunk);
  };

  it('writes the variables of a host into a file, which Node and a shell both read', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'postlane-sandbox-'));
    const file = path.join(folder, 'sandbox.env');
    try {
      const child = start(['--port', '0', '--smtp-port', '0', '--token', 'my-token', '--write-env', file]);
      await firstOutput(child);
      const names = ['POSTMARK_SERVER_TOKEN', 'POSTMARK_API_URL', 'POSTMARK_SMTP_URL', 'POSTMARK_SMTP_CA'];
      const print = `process.stdout.write(JSON.stringify(${JSON.stringify(names)}.map(name => process.env[name])))`;
      const env = { PATH: process.env.PATH };
      const byNode = execFileSync(process.execPath, [`--env-file=${file}`, '-e', print], { env });
      const byShell = execFileSync(
        'sh',
        ['-c', `set -a; . ${file}; exec "$0" -e "$1"`, process.execPath, print],
        { env },
      );
      const [token, apiUrl, smtpUrl, certificate] = JSON.parse(String(byNode));
      expect(token).to.equal('my-token');
      expect(
        (await fetch(`${apiUrl}/server`, { headers: { 'x-postmark-server-token': token } })).status,
      ).to.equal(200);
      expect(smtpUrl).to.match(/^smtp:\/\/my-token:my-token@127\.0\.0\.1:\d+$/);
      expect(certificate).to.match(/^-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----$/);
      expect(String(byShell)).to.equal(String(byNode));
      expect((await stat(file)).mode & 0o777).to.equal(0o600);
    } finally {
      await rm(folder, { recursive: true });
    }
  }).timeout(30_000);

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`prints its addresses, not the token it was given, and stops on ${signal}`, async () => {
      const webhook = 'http://hook:secret@127.0.0.1:9/webhooks/postmark';
      const child = start(['--port', '0', '--smtp-port', '0', '--token', 'my-token', '--webhook', webhook]);
      const text = await firstOutput(child);
      const apiUrl = /pages\s+(http:\/\/127\.0\.0\.1:\d+)/.exec(text)?.[1] ?? '';
      expect(text).to.match(/POSTMARK_SMTP_URL\s+smtp:\/\/TOKEN:TOKEN@127\.0\.0\.1:\d+/);
      expect(text).to.contain('http://127.0.0.1:9/webhooks/postmark');
      expect(text).not.to.contain('my-token').and.not.contain('secret');
      const headers = { accept: 'application/json', 'x-postmark-server-token': 'my-token' };
      expect((await fetch(`${apiUrl}/server`, { headers })).status).to.equal(200);
      child.kill(signal);
      expect((await child.ended).code).to.equal(0);
    }).timeout(30_000);
  }

  it('takes what the environment says, and answers JSON when asked', async () => {
    const child = start(['--json'], { SANDBOX_PORT: '0', SANDBOX_SMTP_PORT: '0', SANDBOX_TOKEN: 'x' });
    expect(JSON.parse(await firstOutput(child))).to.have.all.keys('apiUrl', 'smtpUrl');
    child.kill('SIGTERM');
    await child.ended;
  }).timeout(30_000);

  it('shows its usage', async () => {
    const { code, out } = await start(['--help']).ended;
    expect(code).to.equal(0);
    for (const flag of ['--port N', '--smtp-port N', '--host ADDRESS', '--token T', '--webhook URL']) {
      expect(out).to.contain(flag);
    }
  }).timeout(30_000);

  it('says what is wrong with its flags, with exit code 64', async () => {
    const wrong: [args: string[], text: RegExp][] = [
      [['--odd'], /^Unknown option '--odd'/],
      [['extra'], /^Unexpected argument 'extra'/],
      [['--port', 'many'], /^--port must be a port, 0 to 65535\./],
      [['--smtp-port', '70000'], /^--smtp-port must be a port/],
      [['--latency-ms', '-1'], /--latency-ms/],
      [['--webhook', 'ftp://x'], /^--webhook must be an http or https address\./],
      [['--token'], /--token/],
    ];
    for (const [args, text] of wrong) expect(() => readArguments(args, {})).to.throw(UsageError, text);
    // One process shows what becomes of each.
    const { code, err } = await start(['--odd']).ended;
    expect(code).to.equal(64);
    expect(err)
      .to.match(/^Unknown option '--odd'/)
      .and.contain('--smtp-port N');
  }).timeout(30_000);

  it('says that its port is taken, with exit code 69', async () => {
    const other = await createSandbox();
    const { port } = new URL(other.apiUrl);
    const { code, err } = await start(['--port', port, '--smtp-port', '0']).ended;
    expect(code).to.equal(69);
    expect(err).to.match(/^The sandbox cannot listen: .*EADDRINUSE/);
    await other.close();
  }).timeout(30_000);
});
