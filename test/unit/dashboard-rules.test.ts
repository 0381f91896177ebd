import { expect } from 'chai';
import { v7 as newId } from 'uuid';
import { deferralStreaks, rateAlerts } from '../../server/mail/monitoring/alerts.ts';
import { type LatencyCounts, latencyAt } from '../../server/mail/monitoring/hourly-store.ts';
import { cannotLift } from '../../server/mail/providers/postmark/words.ts';
import { firstIdAt, isId, timeOfId } from '../../server/mail/shared/ids.ts';
import { hourOf } from '../../server/mail/shared/time.ts';

describe('the time in an id', () => {
  it('is when it was made', () => {
    const before = Date.now();
    expect(timeOfId(newId()).getTime()).to.be.within(before, Date.now());
  });

  it('bounds ids on both sides', () => {
    const at = new Date('2026-05-04T12:00:00.123Z');
    const id = newId({ msecs: at.getTime() });
    expect(firstIdAt(at) < id).to.equal(true);
    expect(firstIdAt(new Date(at.getTime() + 1)) > id).to.equal(true);
    expect(isId(firstIdAt(at)) && isId(id)).to.equal(true);
    expect(firstIdAt(new Date(0))).to.equal('00000000-0000-0000-0000-000000000000');
  });

  it('has a full hour before it', () => {
    expect(hourOf(new Date('2026-05-04T12:59:59.999Z')).toISOString()).to.equal('2026-05-04T12:00:00.000Z');
  });
});

describe('hand-over times', () => {
  const none = {
    within_1s: 0,
    within_5s: 0,
    within_30s: 0,
    within_2m: 0,
    within_10m: 0,
    within_1h: 0,
    measured: 0,
  };
  const counts = (more: Partial<LatencyCounts>): LatencyCounts => ({ ...none, ...more });

  it('are unknown when none was measured', () => {
    expect(latencyAt(0.95, none)).to.equal(null);
  });

  it('are estimated between the bounds they are counted by', () => {
    const all = {
      within_5s: 100,
      within_30s: 100,
      within_2m: 100,
      within_10m: 100,
      within_1h: 100,
      measured: 100,
    };
    expect(latencyAt(0.5, counts({ ...all, within_1s: 100 }))).to.equal(500);
    expect(latencyAt(0.95, counts({ ...all, within_1s: 90 }))).to.equal(3000);
    expect(latencyAt(0.95, counts({ measured: 3 }))).to.equal(3_600_000);
  });
});

describe('alarms', () => {
  it('need enough mail to mean something', () => {
    expect(rateAlerts([{ stream: 'a', sent: 49, bounced: 49, complained: 9 }])).to.deep.equal([]);
  });

  it('are raised above the thresholds, not at them', () => {
    expect(rateAlerts([{ stream: 'a', sent: 1000, bounced: 50, complained: 1 }])).to.deep.equal([]);
    expect(rateAlerts([{ stream: 'a', sent: 1000, bounced: 51, complained: 2 }])).to.deep.equal([
      { kind: 'bounce-rate', stream: 'a', rate: 0.051, sent: 1000 },
      { kind: 'complaint-rate', stream: 'a', rate: 0.002, sent: 1000 },
    ]);
  });

  it('know a streak by its newest attempts, transport by transport', () => {
    const attempts = (transport: string, outcomes: string[]) =>
      outcomes.map(outcome => ({ transport, outcome }));
    const down = attempts('smtp', Array(12).fill('deferred'));
    const back = attempts('api', ['accepted', ...Array(12).fill('deferred')]);
    expect(
      deferralStreaks([...back, ...down]).map(({ transport, streak }) => [transport, streak.length]),
    ).to.deep.equal([['smtp', 12]]);
  });
});

describe('lifting a suppression', () => {
  it('is for what nobody asked for themselves', () => {
    expect(cannotLift({ reason: 'HardBounce', origin: 'Recipient' })).to.equal(null);
    expect(cannotLift({ reason: 'ManualSuppression', origin: 'Customer' })).to.equal(null);
    expect(cannotLift({ reason: 'ManualSuppression', origin: 'Operator' })).to.equal(null);
    expect(cannotLift({ reason: 'SpamComplaint', origin: 'Recipient' })).to.include('complaint');
    expect(cannotLift({ reason: 'ManualSuppression', origin: 'Recipient' })).to.include('unsubscribed');
  });
});
