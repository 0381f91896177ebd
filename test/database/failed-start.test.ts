import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { emptyTables, testDatabase, testDatabaseUrl } from '../support/database.ts';

const configured = {
  PATH: process.env.PATH,
  NODE_ENV: 'production',
  POSTMARK_SERVER_TOKEN: '11111111-2222-3333-4444-555555555555',
  POSTMARK_API_URL: 'http://127.0.0.1:9',
  MAIL_FROM: 'mail@corner-shop.test',
  POSTLANE_PUBLIC_URL: 'https://mail.corner-shop.test',
  POSTLANE_SECRET_KEY: 'a-key-of-the-tests-with-32-letters',
  WEBHOOK_CREDENTIALS: 'postmark:a-password-of-the-tests',
  POSTLANE_LOG_LEVEL: 'error',
};

// What watches a process in production restarts it or raises an alarm when it ends, and not while it does nothing.
describe('a start that fails', () => {
  const db = testDatabase();

  // A brand of the demo that another test published would be refused first.
  before(() => emptyTables(db));

  for (const program of ['worker/cli.ts server', 'worker/cli.ts worker', 'server/main.ts']) {
    it(`of ${program} ends at once, in words and with the code of a wrong configuration`, async () => {
      const { code, said, seconds } = await start(program, { MAIL_FROM: 'mail@example.com' });
      expect(said)
        .to.include('set from to one from your own domain')
        .and.not.match(/^\s+at /m);
      expect(code).to.equal(78);
      expect(seconds).to.be.below(20);
    }).timeout(90_000);
  }

  it('because somebody else listens at its port says so', async () => {
    const other = createServer().listen(0);
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    try {
      const { code, said } = await start('worker/cli.ts server', { POSTLANE_PORT: String(port) });
      expect(said).to.include(`POSTLANE_PORT is ${port}, and another process listens there`);
      expect(said).not.to.match(/^\s+at /m);
      expect(code).to.equal(78);
    } finally {
      other.close();
    }
  }).timeout(90_000);
});

async function start(program: string, changed: Readonly<Record<string, string>>) {
  const root = new URL('../..', import.meta.url);
  const env = { ...configured, DATABASE_URL: testDatabaseUrl(), ...changed };
  const child = spawn(process.execPath, ['--import', 'tsx', ...program.split(' ')], { cwd: root, env });
  let said = '';
  let saidAt = performance.now();
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', chunk => {
      said += chunk;
      saidAt = performance.now();
    });
  const stuck = setTimeout(() => child.kill('SIGKILL'), 40_000);
  const [code] = await once(child, 'exit');
  clearTimeout(stuck);
  return { code, said, seconds: (performance.now() - saidAt) / 1000 };
}
