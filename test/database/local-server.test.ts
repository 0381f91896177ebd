import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { connect } from '../../db/connect.ts';
import { findEngine } from '../../db/local/engine.ts';
import { startedAt } from '../../db/local/lock.mjs';
import { startLocalDatabase } from '../../db/local.ts';

describe('the private database server', function () {
  // MySQL takes some seconds for each start and stop.
  this.timeout(60_000);
  const root = mkdtempSync(join(tmpdir(), 'postlane-server-'));
  const folder = join(root, '.postlane/test');
  const start = (log: (line: string) => void = () => {}) => startLocalDatabase({ name: 'test', root, log });
  const serverPid = () => Number(readFileSync(join(folder, 'server.pid'), 'utf8'));

  before(async function () {
    // With DATABASE_URL the machine need not have a server of its own.
    if (!(await findEngine())) this.skip();
  });

  after(() => rmSync(root, { recursive: true, force: true }));

  it('keeps its data from one start to the next, and leaves nothing that runs', async () => {
    const first = await start();
    const pid = serverPid();
    await ask(first.url, 'CREATE DATABASE kept');
    await first.stop();
    expect(startedAt(pid)).to.equal(undefined);
    const second = await start();
    expect(await ask(second.url, "SHOW DATABASES LIKE 'kept'")).to.have.length(1);
    await second.stop();
    expect(readdirSync(folder).filter(name => /lock|socket|pid/.test(name))).to.deep.equal([]);
  });

  it('is refused to a second user, who is told the process that has it', async () => {
    const database = await start();
    try {
      const second = await start().catch(error => error.message);
      expect(second).to.contain(`process ${process.pid}`).and.to.contain('.postlane/test');
    } finally {
      await database.stop();
    }
  });

  it('ends with a parent that is killed, and the next start finds the way free', async () => {
    const parent = await startElsewhere(root);
    const pid = serverPid();
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    while (startedAt(pid) !== undefined) await pause(20);
    await (await start()).stop();
  });

  it('that outlived its parent and its watcher is ended by the next start', async () => {
    const parent = await startElsewhere(root);
    const pid = serverPid();
    // Stopped, it takes no notice of its watcher until the next start deals with it.
    process.kill(pid, 'SIGSTOP');
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    const lines: string[] = [];
    const starting = start(line => {
      lines.push(line);
      if (line.includes(`process ${pid}`)) process.kill(pid, 'SIGCONT');
    });
    await (await starting).stop();
    expect(lines.join('\n')).to.contain(`left behind (process ${pid})`);
    expect(startedAt(pid)).to.equal(undefined);
  });

  it('begins with an empty folder for tests when the data of the last run cannot be used', async () => {
    for (const name of readdirSync(folder).filter(name => name.startsWith('data-'))) {
      rmSync(join(folder, name, 'ibdata1'));
      rmSync(join(folder, name, 'mysql'), { recursive: true, force: true });
      rmSync(join(folder, name, 'mysql.ibd'), { force: true });
    }
    const lines: string[] = [];
    const database = await start(line => lines.push(line));
    await database.stop();
    expect(lines.join('\n')).to.contain('empty folder');
  });

  it('gives up when told to, and gives its lock back', async () => {
    const signal = AbortSignal.abort('SIGINT');
    const answer = await startLocalDatabase({ name: 'test', root, log: () => {}, signal }).catch(
      reason => reason,
    );
    expect(answer).to.equal('SIGINT');
    expect(existsSync(join(folder, 'lock'))).to.equal(false);
  });
});

async function startElsewhere(root: string): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('../support/private-server.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, root], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}

async function ask(url: string, question: string): Promise<unknown[]> {
  const server = new URL(url);
  server.pathname = '/';
  const db = connect(server.href, { poolSize: 1 });
  try {
    const [rows] = await db.raw(question);
    return rows;
  } finally {
    await db.destroy();
  }
}
