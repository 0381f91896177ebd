import { expect } from 'chai';
import type { Mail, NewApproval } from '../../server/mail/index.ts';
import { testDatabase } from '../support/database.ts';
import { openMail } from '../support/mail.ts';
import { openForEachTest, standIn } from '../support/opened.ts';

const dayMs = 24 * 3_600_000;

describe('a purge of what is known about people', function () {
  this.timeout(60_000);
  const db = testDatabase();
  let at = new Date();
  const opened = openForEachTest(
    () => {
      at = new Date('2026-05-04T09:00:00Z');
      return openMail({ secondPerson: true, now: () => at });
    },
    mail => mail.close(),
  );
  const mail = standIn<Mail>(opened);
  const daysLater = (days: number) => {
    at = new Date(at.getTime() + days * dayMs);
  };
  const ada = { by: 'ada', name: 'Ada' };
  const ask = (email: string) => {
    const input: NewApproval = {
      ...{ action: 'users.role', subject: `invitation:${email}`, preparedBy: [] },
      ...{ request: { email }, seen: { email }, fingerprint: 'a'.repeat(64) },
    };
    return mail.approvals.request(input, ada);
  };
  const requests = async () => (await db('postlane_approvals').orderBy('id').pluck('subject')).map(String);

  it('removes requests with the names and addresses in them, decided or forgotten, and none that waits', async () => {
    const declined = await ask('bob@shop.example');
    await mail.approvals.decline(declined.id, { by: 'grace', reason: 'Not he' });
    await ask('eve@shop.example');
    daysLater(44);
    await ask('lin@shop.example');
    expect(await mail.work.purge()).to.include({ approvals: 0 });
    daysLater(2);
    expect(await mail.work.purge()).to.include({ approvals: 2 });
    expect(await requests()).to.deep.equal(['invitation:lin@shop.example']);
    const { entries } = await mail.audit.list({ subject: 'invitation:bob@shop.example' });
    expect(entries.map(({ action }) => action)).to.deep.equal(['approval.decline', 'approval.request']);
  });

  it('keeps a request that can still be decided, however short the retention', async () => {
    const brief = await openMail({ secondPerson: true, now: () => at, timing: { retentionMs: dayMs } });
    await ask('bob@shop.example');
    daysLater(2);
    expect(await brief.work.purge()).to.include({ approvals: 0 });
    daysLater(6);
    expect(await brief.work.purge()).to.include({ approvals: 1 });
    await brief.close();
  });

  it('removes where strangers came from, and keeps what people did who are known', async () => {
    const source = { address: '192.0.2.7', route: 'POST sign-in' };
    const attempts = async () => {
      await mail.security.record({ kind: 'sign-in.fail', ...source });
      await mail.security.record({ kind: 'webhook-login.fail', ...source, accountId: 'ada' });
      await mail.security.record({ kind: 'access.refuse', ...source, accountId: 'lin', by: 'lin' });
    };
    await attempts();
    daysLater(44);
    await attempts();
    daysLater(2);
    expect(await mail.work.purge()).to.include({ strangersEntries: 2 });
    expect(await mail.work.purge()).to.include({ strangersEntries: 0 });
    const { entries } = await mail.audit.list();
    const left = entries.map(({ by, action }) => `${by} ${action}`).filter(one => !one.includes('template'));
    expect(left.filter(one => one.startsWith('anonymous'))).to.have.length(2);
    expect(left.filter(one => one.startsWith('lin'))).to.have.length(2);
  });
});
