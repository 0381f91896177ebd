import { expect } from 'chai';
import { checkEligibility, type EligibilityFacts } from '../../server/mail/sending/eligibility.ts';

const now = new Date('2026-05-04T09:00:00Z');
const facts: EligibilityFacts = { now, expiresAt: null, suppression: null, consent: 'none', granted: null };
const suppression = { reason: 'HardBounce', origin: 'Recipient', class: 'bounce' } as const;
const decision = (over: Partial<EligibilityFacts>) => checkEligibility({ ...facts, ...over });

describe('eligibility', () => {
  it('lets a plain message go', () => expect(decision({})).to.deep.equal({ kind: 'send' }));

  it('fails what is too late, to the millisecond', () => {
    expect(decision({ expiresAt: now })).to.deep.equal({ kind: 'failed', reason: 'expired' });
    expect(decision({ expiresAt: new Date(now.getTime() - 1) }).kind).to.equal('failed');
    expect(decision({ expiresAt: new Date(now.getTime() + 1) }).kind).to.equal('send');
  });

  it('suppresses with the reason and whose it is', () => {
    expect(decision({ suppression })).to.deep.equal({
      kind: 'suppressed',
      reason: 'suppressed: HardBounce (Recipient)',
    });
  });

  const consents: [EligibilityFacts['consent'], boolean | null, 'send' | 'suppressed'][] = [
    ['none', null, 'send'],
    ['none', true, 'send'],
    ['none', false, 'send'],
    ['opt-out', null, 'send'],
    ['opt-out', true, 'send'],
    ['opt-out', false, 'suppressed'],
    ['opt-in', null, 'suppressed'],
    ['opt-in', true, 'send'],
    ['opt-in', false, 'suppressed'],
  ];
  for (const [consent, granted, kind] of consents) {
    it(`${consent} consent, granted ${granted}: ${kind}`, () => {
      expect(decision({ consent, granted }).kind).to.equal(kind);
    });
  }

  it('tells a consent withdrawn from one never given', () => {
    expect(decision({ consent: 'opt-in', granted: false })).to.include({ reason: 'consent withdrawn' });
    expect(decision({ consent: 'opt-in', granted: null })).to.include({ reason: 'no consent given' });
  });

  it('names the strongest reason: too late, then the list, then consent', () => {
    expect(decision({ expiresAt: now, suppression, consent: 'opt-in' })).to.include({ reason: 'expired' });
    expect(decision({ suppression, consent: 'opt-in' })).to.include({
      reason: 'suppressed: HardBounce (Recipient)',
    });
  });

  it('ranks a consent withdrawn as an unsubscription', () => {
    const refused = { consent: 'opt-out', granted: false } as const;
    expect(decision({ suppression, ...refused })).to.include({ reason: 'consent withdrawn' });
    const complaint = { reason: 'SpamComplaint', origin: 'Recipient', class: 'complaint' } as const;
    expect(decision({ suppression: complaint, ...refused })).to.include({
      reason: 'suppressed: SpamComplaint (Recipient)',
    });
  });
});
