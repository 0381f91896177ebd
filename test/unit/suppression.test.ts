import { expect } from 'chai';
import {
  classOf,
  type MailKind,
  type Stopping,
  stops,
  strongestStop,
} from '../../server/mail/people/suppression.ts';

const reset: MailKind = {
  ...{ stream: 'outbound', category: 'reset', topic: null },
  ...{ bulk: false, essential: true, streams: ['outbound'] },
};
const tips: MailKind = { ...reset, category: 'tips', essential: false };
const news: MailKind = {
  ...{ stream: 'broadcast', category: 'newsletter', topic: 'news' },
  ...{ bulk: true, essential: false, streams: ['broadcast', 'second'] },
};
const offers: MailKind = {
  ...{ stream: 'deals', category: 'offers', topic: 'offers' },
  ...{ bulk: true, essential: false, streams: ['deals'] },
};
const kinds = { reset, tips, news, offers };

const place = { stream: '', topic: '', reaches: null, expiresAt: null };
const own = (scope: Stopping['scope'], over: Partial<Stopping> = {}): Stopping => ({
  ...{ ...place, scope, source: 'operator', class: 'operator' },
  ...over,
});
const reported = (kind: Stopping['class'], stream: string, reaches: string[] | null = null): Stopping => ({
  ...{ ...place, scope: 'stream', source: 'provider', class: kind, stream, reaches },
});

const at = new Date('2026-05-04T09:00:00Z');

describe('what a suppression stops', () => {
  const table: [string, Stopping, (keyof typeof kinds)[]][] = [
    ['a topic', own('topic', { topic: 'news' }), ['news']],
    ['all bulk', own('bulk'), ['news', 'offers']],
    ['all but the essential', own('non-essential'), ['tips', 'news', 'offers']],
    ['everything', own('everything'), ['reset', 'tips', 'news', 'offers']],
    ['a stream of ours', own('stream', { stream: 'outbound' }), ['reset', 'tips']],
    ['a bulk stream of ours', own('stream', { stream: 'broadcast', reaches: ['newsletter'] }), ['news']],
    ['a dead mailbox', reported('bounce', 'outbound'), ['reset', 'tips', 'news', 'offers']],
    ['a dead mailbox on a bulk stream', reported('bounce', 'broadcast'), ['news', 'offers']],
    ['a complaint about news', reported('complaint', 'broadcast', ['newsletter', 'news']), ['news']],
    ['an unsubscription from another road', reported('unsubscribe', 'second', ['newsletter']), ['news']],
    ['an unsubscription from an old road', reported('unsubscribe', 'old', ['offers']), ['offers']],
    ['an unsubscription from nobody knows what', reported('unsubscribe', 'old'), ['news', 'offers']],
    ['a complaint about a reset', reported('complaint', 'outbound'), ['reset', 'tips', 'news', 'offers']],
    ['an entry in the account', reported('operator', 'old'), []],
    [
      'a person on a transactional stream',
      own('stream', { class: 'unsubscribe', stream: 'other' }),
      ['news', 'offers'],
    ],
  ];
  for (const [what, suppression, stopped] of table) {
    it(`${what}: ${stopped.join(', ') || 'nothing'}`, () => {
      const all = Object.entries(kinds).filter(([, kind]) => stops(suppression, kind, at));
      expect(all.map(([name]) => name)).to.deep.equal(stopped);
    });
  }

  it('ends at its own moment, and no sooner', () => {
    const until = (ms: number) => own('everything', { expiresAt: new Date(at.getTime() + ms) });
    expect([-1, 0, 1].map(ms => stops(until(ms), reset, at))).to.deep.equal([false, false, true]);
    expect(strongestStop([until(-1), reported('bounce', 'broadcast')], news, at)?.class).to.equal('bounce');
  });

  it('names the strongest of those that stop it, and never one that does not', () => {
    const all = [
      reported('bounce', 'broadcast'),
      own('everything'),
      reported('unsubscribe', 'broadcast', ['newsletter']),
      reported('complaint', 'deals', ['offers']),
    ];
    expect(strongestStop(all, news, at)?.class).to.equal('unsubscribe');
    expect(strongestStop(all, offers, at)?.class).to.equal('complaint');
    expect(strongestStop(all, reset, at)?.class).to.equal('operator');
    expect(strongestStop([], reset, at)).to.equal(null);
  });

  it('is classed by the provider’s words', () => {
    const words = (reason: string, origin: string) => classOf({ reason, origin });
    expect(words('SpamComplaint', 'Recipient')).to.equal('complaint');
    expect(words('ManualSuppression', 'Recipient')).to.equal('unsubscribe');
    expect(words('ManualSuppression', 'Customer')).to.equal('operator');
    expect(words('ManualSuppression', 'Admin')).to.equal('operator');
    expect(words('HardBounce', 'Recipient')).to.equal('bounce');
  });
});
