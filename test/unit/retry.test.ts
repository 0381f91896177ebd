import { expect } from 'chai';
import { defaultRetry, retryDelay } from '../../server/mail/sending/retry.ts';

const policy = { firstDelayMs: 1000, maxDelayMs: 60_000, maxAttempts: 10 };
const least = () => 0;
const most = () => 1 - Number.EPSILON;

describe('retry delays', () => {
  it('double from the first, half of each fixed and half by chance', () => {
    for (const [attempts, ceiling] of [
      [1, 1000],
      [2, 2000],
      [3, 4000],
      [6, 32_000],
    ] as const) {
      expect(retryDelay(policy, attempts, 0, least)).to.equal(ceiling / 2);
      expect(retryDelay(policy, attempts, 0, most)).to.equal(ceiling);
    }
  });

  it('stop growing at the longest', () => {
    expect(retryDelay(policy, 9, 0, most)).to.equal(60_000);
    expect(retryDelay({ ...policy, maxAttempts: 5000 }, 4000, 0, most)).to.equal(60_000);
  });

  it('end with the last attempt', () => {
    expect(retryDelay(policy, 9)).to.be.a('number');
    expect(retryDelay(policy, 10)).to.equal(null);
    expect(retryDelay(policy, 11)).to.equal(null);
    expect(retryDelay({ ...policy, maxAttempts: 1 }, 1)).to.equal(null);
  });

  it('are never shorter than the provider asked for', () => {
    expect(retryDelay(policy, 1, 30_000, most)).to.equal(30_000);
    expect(retryDelay(policy, 9, 10, least)).to.equal(30_000);
    expect(retryDelay(policy, 10, 30_000)).to.equal(null);
  });

  it('are whole milliseconds and scattered', () => {
    const delays = Array.from({ length: 200 }, () => retryDelay(policy, 5));
    for (const delay of delays) {
      expect(delay).to.be.within(8000, 16_000);
      expect(Number.isInteger(delay)).to.equal(true);
    }
    expect(new Set(delays).size).to.be.above(150);
  });

  it('span two to three days by default, the first within seconds', () => {
    expect(retryDelay(defaultRetry, 1, 0, most)).to.be.at.most(5000);
    const total = (random: () => number) =>
      Array.from(
        { length: defaultRetry.maxAttempts - 1 },
        (_, i) => retryDelay(defaultRetry, i + 1, 0, random) ?? 0,
      ).reduce((sum, delay) => sum + delay, 0) / 86_400_000;
    expect(total(() => 0.5)).to.be.within(1.5, 3);
    expect(total(most)).to.be.within(2, 3.5);
  });
});
