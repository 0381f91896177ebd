import { expect } from 'chai';
import { timeWindow } from '../../server/mail/providers/transport.ts';

describe('the time in which hand-overs may start', () => {
  const wallClock = Date.now;
  const steadyClock = performance.now;
  afterEach(() => {
    Date.now = wallClock;
    performance.now = steadyClock;
  });

  it('is open at first, and never when there is none left', () => {
    expect(timeWindow(60_000)()).to.equal(false);
    expect(timeWindow(-1)()).to.equal(true);
  });

  it('is over after a machine has slept, whose steady clock stood still', () => {
    const isOver = timeWindow(60_000);
    Date.now = () => wallClock() + 61_000;
    expect(isOver()).to.equal(true);
  });

  it('is over in time though the clock on the wall was set back', () => {
    const isOver = timeWindow(60_000);
    Date.now = () => wallClock() - 3_600_000;
    performance.now = () => steadyClock.call(performance) + 61_000;
    expect(isOver()).to.equal(true);
  });
});
