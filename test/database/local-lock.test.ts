import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { startedAt, takeLock } from '../../db/local/lock.mjs';

describe('takeLock', () => {
  const folder = mkdtempSync(join(tmpdir(), 'postlane-lock-'));
  const path = join(folder, 'lock');

  afterEach(() => rmSync(path, { force: true }));
  after(() => rmSync(folder, { recursive: true }));

  it('lets one in, names it to the next, and is free again when given back', () => {
    const release = taken(takeLock(path));
    expect(takeLock(path)).to.equal(process.pid);
    release();
    taken(takeLock(path))();
  });

  it('takes over from a process that is gone', () => {
    writeFileSync(path, JSON.stringify({ pid: 2 ** 30, startedAt: '1' }));
    taken(takeLock(path));
    expect(readFileSync(path, 'utf8')).to.contain(String(process.pid));
  });

  it('takes over from a process whose number another one has now', () => {
    writeFileSync(path, JSON.stringify({ pid: process.pid, startedAt: `not ${startedAt(process.pid)}` }));
    taken(takeLock(path));
  });

  it('takes over a file that holds no lock, as a power cut leaves it', () => {
    writeFileSync(path, '');
    taken(takeLock(path));
  });

  it('leaves the lock of another alone when given back late', () => {
    const release = taken(takeLock(path));
    writeFileSync(path, 'of another');
    release();
    expect(readFileSync(path, 'utf8')).to.equal('of another');
  });
});

function taken(answer: (() => void) | number): () => void {
  if (typeof answer === 'number') throw new Error(`The lock is held by process ${answer}.`);
  return answer;
}
