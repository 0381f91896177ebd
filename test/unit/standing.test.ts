import { expect } from 'chai';
import {
  believable,
  nothingSaid,
  type Report,
  type Standing,
  stands,
  withFence,
  withReport,
} from '../../server/mail/people/standing.ts';
import { type SuppressionClass, suppressionClasses } from '../../server/mail/people/suppression.ts';
import { permutations } from '../support/permutations.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 4, 4, 9, minute));
const said = (kind: SuppressionClass, minute: number | null, fact = `${kind} ${minute}`): Report => ({
  ...{ active: true, class: kind, datedAt: minute === null ? null : at(minute) },
  ...{ reason: 'Reason', origin: 'Origin', eventId: fact, factKey: fact, reaches: [kind] },
});
const ended = (by: 'list' | 'shop' | 'person', minute: number | null): Report => ({
  ...{ active: false, by, datedAt: minute === null ? null : at(minute) },
});
const told = (reports: readonly Report[], from: Standing = nothingSaid) => reports.reduce(withReport, from);
const standing = (all: Standing) => suppressionClasses.filter(kind => stands(all, kind));
const whole = ({ facts, ...rest }: Standing) =>
  JSON.stringify([rest, suppressionClasses.map(kind => facts.get(kind))]);

describe('what a provider said', () => {
  const stories: [string, Report[], SuppressionClass[]][] = [
    ['a bounce', [said('bounce', 1)], ['bounce']],
    ['lifted later', [said('bounce', 1), ended('shop', 2)], []],
    ['bounced again', [said('bounce', 1), ended('shop', 2), said('bounce', 3)], ['bounce']],
    ['both at one moment', [said('bounce', 1), ended('shop', 1)], ['bounce']],
    ['missing in the list', [said('bounce', 1), ended('list', 2)], []],
    ['an entry that the list lacks', [said('operator', 1), ended('list', 2)], ['operator']],
    ['a complaint that a customer lifts', [said('complaint', 1), ended('shop', 2)], ['complaint']],
    [
      'a complaint behind a bounce',
      [said('complaint', 1), said('bounce', 2), ended('shop', 3)],
      ['complaint'],
    ],
    ['who came back', [said('unsubscribe', 1), said('bounce', 1), ended('person', 2)], []],
    ['a date that cannot be', [said('bounce', null), ended('shop', 1)], []],
    ['and nothing dated', [said('bounce', null), ended('shop', null)], ['bounce']],
    [
      'two of one moment',
      [said('bounce', 1, 'b'), said('bounce', 1, 'a'), said('bounce', null, 'c')],
      ['bounce'],
    ],
    [
      'all at once',
      [...suppressionClasses.map(kind => said(kind, 5)), ended('shop', 6)],
      ['complaint', 'unsubscribe'],
    ],
  ];
  for (const [what, reports, expected] of stories) {
    it(`comes to the same in every order, however often it is said: ${what}`, () => {
      const twice = [...reports, ...reports.slice(0, 2)];
      const ends = new Set(permutations(twice).map(order => whole(told(order))));
      expect(ends.size).to.equal(1);
      expect(standing(told(reports))).to.deep.equal(expected);
    });
  }

  it('is fenced by an operator: what was known, or is dated no later, cannot undo a lift', () => {
    const known = told([said('bounce', 10), ended('list', 5)]);
    const lifted = withFence(known, ['bounce']);
    expect(standing(lifted)).to.deep.equal([]);
    const late = [said('bounce', 10), said('bounce', 9), said('complaint', 10), ended('person', 8)];
    for (const order of permutations(late)) expect(whole(told(order, lifted))).to.equal(whole(lifted));
    expect(standing(told([said('complaint', 11)], lifted))).to.deep.equal(['complaint']);
    expect(standing(told([said('bounce', null)], lifted))).to.deep.equal(['bounce']);
  });

  it('keeps what is stronger behind the fence', () => {
    const lifted = withFence(told([said('complaint', 3), said('bounce', 9)]), ['bounce']);
    expect(standing(lifted)).to.deep.equal(['complaint']);
    expect(standing(told([ended('shop', 10)], lifted))).to.deep.equal(['complaint']);
  });

  it('is believed up to a day ahead of our clock', () => {
    expect(believable(at(24 * 60), at(0))).to.deep.equal(at(24 * 60));
    expect(believable(new Date('2099-01-01T00:00:00Z'), at(0))).to.equal(null);
  });
});
