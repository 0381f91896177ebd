import { Console } from 'node:console';
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

  it('gives pino the details first, and any other logger the message', () => {
    const calls: unknown[][] = [];
    const keep = (...args: unknown[]) => void calls.push(args);
    const asWinston = safeLog({ info: keep, warn: keep, error: keep });
    asWinston.warn({ stream: 'outbound' }, 'late');
    asWinston.info('up');
    asWinston.error({ err: new Error('outer', { cause: new Error('inner') }) }, 'failed');
    expect(calls.slice(0, 2)).to.deep.equal([['late', { stream: 'outbound' }], ['up']]);
    expect(calls[2]?.[1]).to.have.nested.property('err.cause.message', 'inner');

    const lines: Record<string, unknown>[] = [];
    safeLog(pino({ base: null }, { write: line => lines.push(JSON.parse(line)) })).warn({ a: 1 }, 'late');
    expect(lines[0]).to.include({ a: 1, msg: 'late' });
  });

  it('takes a console', () => {
    const written: string[] = [];
    const write = (chunk: unknown, _encoding: unknown, done: () => void) => {
      written.push(String(chunk));
      done();
    };
    safeLog(new Console(new Writable({ write }))).info({ stream: 'outbound' }, 'late');
    expect(written.join('')).to.equal("late { stream: 'outbound' }\n");
  });
});
