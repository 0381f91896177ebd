import { expect } from 'chai';
import { easternReading, readingText } from '../../server/mail/providers/postmark/reconciliation.ts';

describe('Eastern time', () => {
  const moments: [string, string, string][] = [
    ['in winter', '2026-01-15T12:00:00Z', '2026-01-15T07:00:00'],
    ['in summer', '2026-07-15T12:00:00Z', '2026-07-15T08:00:00'],
    ['at midnight, which is not 24', '2026-01-15T05:00:00Z', '2026-01-15T00:00:00'],
    ['a day behind', '2026-07-15T03:59:59Z', '2026-07-14T23:59:59'],
    ['across a year', '2026-01-01T04:59:59Z', '2025-12-31T23:59:59'],
    ['before clocks go forward', '2026-03-08T06:59:59Z', '2026-03-08T01:59:59'],
    ['after clocks went forward', '2026-03-08T07:00:00Z', '2026-03-08T03:00:00'],
    ['before clocks go back', '2026-11-01T05:59:59Z', '2026-11-01T01:59:59'],
    ['after clocks went back', '2026-11-01T06:00:00Z', '2026-11-01T01:00:00'],
    ['cutting fractions', '2026-07-15T12:00:00.999Z', '2026-07-15T08:00:00'],
  ];
  for (const [what, moment, expected] of moments) {
    it(what, () => expect(readingText(easternReading(new Date(moment)))).to.equal(expected));
  }
});
