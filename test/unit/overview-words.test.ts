import { expect } from 'chai';
import { byName } from '../../server/admin/jobs/by-name.ts';
import { withoutCatchingUp } from '../../server/admin/overview/alerts.ts';
import { viewHelpers } from '../../server/admin/view-helpers.ts';

describe('words of the overview', () => {
  it('say of a hand-over beyond what is measured that it took longer, and where none was measured', () => {
    const { took } = viewHelpers;
    expect([null, 950, 3_599_999, 3_600_000].map(took)).to.deep.equal([
      'none measured',
      '950 ms',
      '60 min',
      'over 60 min',
    ]);
  });

  it('do not ask for the worker while it may still be catching up', () => {
    const since = new Date();
    const queue = { kind: 'queue', stream: 'outbound', lane: 'transactional', ageMs: 9e6 } as const;
    const found = [{ kind: 'unknown', count: 1 } as const, queue, { kind: 'not-counted', since } as const];
    expect(withoutCatchingUp(found, 59_999).map(({ kind }) => kind)).to.deep.equal(['unknown']);
    expect(withoutCatchingUp(found, 60_000)).to.deep.equal(found);
  });

  it('keep names without jobs apart from those that have some', () => {
    const none = { running: 0, queued: 0, scheduled: 0, repeating: 0, failed: 0, completed: 0, paused: 0 };
    const names = [
      { name: 'purge', ...none },
      { name: 'deliver', ...none, failed: 2, queued: 1 },
    ];
    expect(byName(names)).to.deep.equal({
      busy: [
        {
          name: 'deliver',
          counts: [
            { state: 'queued', count: 1 },
            { state: 'failed', count: 2 },
          ],
        },
      ],
      idle: ['purge'],
    });
  });
});
