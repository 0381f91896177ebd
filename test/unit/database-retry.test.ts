import { expect } from 'chai';
import { isConnectionLost, isDuplicate, isLockConflict, isTimeout } from '../../db/error-codes.ts';
import { retryOnConnectionLoss, retryOnLockConflict } from '../../db/retry.ts';

describe('faults of the database', () => {
  /** By code or number, what each fault counts as. */
  const table: [fault: unknown, kinds: string][] = [
    [{ errno: 1205, code: 'ER_LOCK_WAIT_TIMEOUT' }, 'lock'],
    [{ errno: 1213, code: 'ER_LOCK_DEADLOCK' }, 'lock'],
    [{ errno: 1020, code: 'ER_CHECKREAD' }, 'lock'],
    [{ errno: 1062, code: 'ER_DUP_ENTRY' }, 'duplicate'],
    [{ code: 'PROTOCOL_CONNECTION_LOST', fatal: true }, 'connection'],
    [{ code: 'ECONNRESET', errno: -104 }, 'connection'],
    [{ code: 'EPIPE' }, 'connection'],
    [{ code: 'ETIMEDOUT' }, 'connection timeout'],
    [{ code: 'ER_CONNECTION_KILLED', errno: 1927 }, 'connection'],
    [{ code: 'ER_SERVER_SHUTDOWN', errno: 1053 }, 'connection'],
    [{ code: 'ECONNREFUSED' }, 'connection'],
    [{ code: 'ENOENT' }, 'connection'],
    [{ code: 'ER_CON_COUNT_ERROR', errno: 1040 }, 'connection'],
    [{ fatal: true }, 'connection'],
    [{ fatal: true, code: 'ER_ACCESS_DENIED_ERROR', errno: 1045 }, ''],
    [{ code: 'ER_PARSE_ERROR', errno: 1064 }, ''],
    [{ code: 'ER_DATA_TOO_LONG', errno: 1406 }, ''],
    [{ fatal: false }, ''],
    [new Error('of our own'), ''],
    ['no object', ''],
    [null, ''],
    [undefined, ''],
  ];

  for (const [fault, kinds] of table) {
    it(`takes ${JSON.stringify(fault)} for ${kinds || 'none that may be repeated'}`, () => {
      const found = [
        isLockConflict(fault) && 'lock',
        isConnectionLost(fault) && 'connection',
        isTimeout(fault) && 'timeout',
        isDuplicate(fault) && 'duplicate',
      ];
      expect(found.filter(Boolean).join(' ')).to.equal(kinds);
    });
  }
});

describe('work that is repeated', () => {
  const lost = { code: 'ECONNRESET' };
  const deadlock = { errno: 1213 };

  /** How often work that fails so many times with the fault is called, and whether it succeeds at last. */
  const calls = async (
    fault: object,
    times: number,
    repeat: (work: () => Promise<void>) => Promise<void>,
  ) => {
    let count = 0;
    const work = async () => {
      if (count++ < times) throw fault;
    };
    const succeeds = await repeat(work).then(
      () => true,
      () => false,
    );
    return { count, succeeds };
  };

  it('after a lock conflict, four times at most', async () => {
    expect(await calls(deadlock, 4, retryOnLockConflict)).to.deep.equal({ count: 5, succeeds: true });
    expect(await calls(deadlock, 99, retryOnLockConflict)).to.deep.equal({ count: 5, succeeds: false });
  });

  it('never after a lost connection unless it says that it may be, for it may have been committed', async () => {
    expect(await calls(lost, 1, retryOnLockConflict)).to.deep.equal({ count: 1, succeeds: false });
    expect(await calls(lost, 2, retryOnConnectionLoss)).to.deep.equal({ count: 3, succeeds: true });
    expect(await calls(deadlock, 1, retryOnConnectionLoss)).to.deep.equal({ count: 1, succeeds: false });
  });

  it('twice while somebody waits, and not at all where the wait itself took too long', async () => {
    const briefly = (work: () => Promise<void>) => retryOnConnectionLoss(work, { brief: true });
    expect(await calls(lost, 99, briefly)).to.deep.equal({ count: 3, succeeds: false });
    expect(await calls({ code: 'ETIMEDOUT' }, 99, briefly)).to.deep.equal({ count: 1, succeeds: false });
    expect(await calls({ code: 'ETIMEDOUT' }, 1, retryOnConnectionLoss)).to.deep.equal({
      count: 2,
      succeeds: true,
    });
  });
});
