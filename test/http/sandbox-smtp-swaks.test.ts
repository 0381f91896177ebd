import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { useSandbox } from '../support/sandbox.ts';

const SWAKS = '/usr/bin/swaks';
const run = promisify(execFile);

describe("Debian's swaks sends into the sandbox", () => {
  before(function () {
    if (existsSync(SWAKS)) return;
    if (process.env.CI === 'true') throw new Error(`${SWAKS} is missing: apt-get install swaks.`);
    console.log(`      skipped: ${SWAKS} is not installed`);
    this.skip();
  });
  const { sandbox } = useSandbox({ deliveryMs: 0, token: 'swaks-token' });

  /** The dialogue as swaks prints it, and how it ended. */
  async function swaks(...more: string[]): Promise<{ code: number; said: string }> {
    const { port } = new URL(sandbox.smtpUrl);
    const args = [
      '--server',
      '127.0.0.1',
      '--port',
      port,
      '--from',
      'shop@sender.example',
      '--to',
      'ada@mail.example',
    ];
    const login = ['--auth-user', 'swaks-token', '--auth-password', 'swaks-token'];
    try {
      const { stdout } = await run(SWAKS, [...args, ...login, ...more], { timeout: 15_000 });
      return { code: 0, said: stdout };
    } catch (error) {
      const { code, stdout } = error as { code: number; stdout: string };
      return { code, said: stdout };
    }
  }

  for (const mechanism of ['PLAIN', 'LOGIN', 'CRAM-MD5']) {
    it(`with AUTH ${mechanism}`, async () => {
      const { code, said } = await swaks('--auth', mechanism);
      expect(said)
        .to.contain('235 2.7.0 Authentication successful')
        .and.match(/250 2\.0\.0 Ok: queued as/);
      expect(code).to.equal(0);
      expect(sandbox.messages.last()).to.include({ via: 'smtp', stream: 'outbound' });
    });
  }

  it('with pipelining, control headers and a file', async () => {
    const headers = ['X-PM-Message-Stream: broadcast', 'X-PM-Tag: news', 'X-PM-Metadata-order: 17'];
    const { code } = await swaks(
      '--auth',
      'PLAIN',
      '--pipeline',
      ...headers.flatMap(header => ['--add-header', header]),
      '--attach',
      `@${import.meta.filename}`,
    );
    expect(code).to.equal(0);
    expect(sandbox.messages.last()).to.deep.include({
      stream: 'broadcast',
      tag: 'news',
      metadata: { order: '17' },
      attachments: ['sandbox-smtp-swaks.test.ts'],
    });
  });

  // The exit codes are those of swaks(1).
  it('and fails with a wrong password', async () => {
    const { code, said } = await swaks('--auth', 'LOGIN', '--auth-password', 'wrong');
    expect(said).to.match(/535 5\.7\.8/);
    expect(code).to.equal(28);
  });

  const faults: [where: string, code: number][] = [
    ['smtp:mail', 23],
    ['smtp:rcpt', 24],
    ['smtp:data', 25],
    ['smtp:final', 26],
  ];
  for (const [where, code] of faults) {
    it(`and sees the 451 at ${where}`, async () => {
      sandbox.faults.add({ where, kind: 'smtp-451', times: 1 });
      const result = await swaks('--auth', 'PLAIN');
      expect(result.said).to.contain('451 4.3.0');
      expect(result.code).to.equal(code);
      expect(sandbox.messages.count).to.equal(0);
    });
  }
});
