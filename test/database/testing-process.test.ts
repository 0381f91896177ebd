import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';

describe('a process that tests with captureMail and fakeMail', () => {
  it('ends by itself once they are closed', async function () {
    this.timeout(100_000);
    const script = fileURLToPath(new URL('../support/host-suite.ts', import.meta.url));
    // Killed when something keeps it open: then this rejects.
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script], {
      timeout: 90_000,
    });
    expect(stdout).to.equal('closed\n');
  });
});
