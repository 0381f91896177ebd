import { expect } from 'chai';
import { pino } from 'pino';
import { createMail, type MailDeps } from '../../server/mail/index.ts';
import { testConfig } from '../support/mail.ts';

const minuteMs = 60_000;

describe('the clock of a process', () => {
  /** What is logged when a process starts whose clock is off by so much. */
  const startedWith = async (
    offMs: number,
    deps: MailDeps = {},
  ): Promise<{ differenceMs: number; level: number }[]> => {
    const lines: string[] = [];
    const log = pino({ base: null }, { write: line => lines.push(line) });
    const now = () => new Date(Date.now() + offMs);
    const mail = await createMail({ ...testConfig(), logger: log, migrate: false }, { now, ...deps });
    await mail.close();
    return lines.map(line => JSON.parse(line)).filter(line => 'differenceMs' in line);
  };

  it('is measured against the database at the start, and a difference is told', async () => {
    for (const minutes of [-10, 10]) {
      const [warning, ...more] = await startedWith(minutes * minuteMs);
      expect(more).to.deep.equal([]);
      expect(warning?.level).to.equal(40);
      expect(warning?.differenceMs).to.be.closeTo(minutes * minuteMs, 5 * minuteMs);
    }
  });

  it('says nothing when it is right', async () => {
    expect(await startedWith(0)).to.deep.equal([]);
  });

  it("is the machine's where time is moved on purpose", async () => {
    const right = () => new Date();
    const wrong = () => new Date(Date.now() + 10 * minuteMs);
    expect(await startedWith(-30 * 24 * 60 * minuteMs, { machineClock: right })).to.deep.equal([]);
    expect(await startedWith(0, { machineClock: wrong })).to.have.length(1);
  });
});
