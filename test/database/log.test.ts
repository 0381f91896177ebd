import { Writable } from 'node:stream';
import { expect } from 'chai';
import { pino } from 'pino';
import { safeLog } from '../../server/mail/shared/log.ts';
import { testDatabase } from '../support/database.ts';

describe('the log', () => {
  it('never carries the values of a failed statement', async () => {
    const lines: string[] = [];
    const stream = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk));
        done();
      },
    });
    const log = safeLog(pino(stream));
    const row = { stream: 'outbound', address: 'secret@mail.example', note: 'a private note' };
    const error = await testDatabase()('postlane_suppressions')
      .insert(row)
      .catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Error);
    log.error({ err: error }, 'failed');
    const line = lines.join('');
    expect(line).to.include('frames').and.to.include('ER_');
    expect(line).to.not.include('secret').and.not.include('private');
  });
});
