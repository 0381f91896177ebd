import { expect } from 'chai';
import { progressOf } from '../../server/mail/campaigns/progress.ts';
import { messageStates, openStates } from '../../server/mail/messages/states.ts';

describe('progress of a campaign', () => {
  it('is nothing at the start and all at the end', () => {
    expect(progressOf(100, {})).to.deep.include({ expanded: 0, open: 0, share: 0 });
    expect(progressOf(100, { sent: 60, delivered: 30, bounced: 5, suppressed: 5 })).to.deep.include({
      expanded: 100,
      open: 0,
      share: 1,
    });
  });

  it('counts what is settled of the whole audience, not of what has been expanded', () => {
    expect(progressOf(100, { sent: 10, queued: 10 }).share).to.equal(0.1);
  });

  it('takes each state for open or settled as the states say', () => {
    for (const state of messageStates) {
      const isOpen = (openStates as readonly string[]).includes(state);
      expect(progressOf(4, { [state]: 1 }), state).to.include({
        open: isOpen ? 1 : 0,
        share: isOpen ? 0 : 0.25,
      });
    }
  });

  it('is done when there is nobody to mail', () => {
    expect(progressOf(0, {})).to.deep.equal({ audience: 0, expanded: 0, open: 0, byState: {}, share: 1 });
  });
});
