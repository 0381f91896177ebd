import { expect } from 'chai';
import { type Alert, createMail, type Mail } from '../../server/mail/index.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { resetInput } from '../support/inputs.ts';
import { openMail, type TestOptions, testConfig } from '../support/mail.ts';
import { testPolicy } from '../support/policy.ts';
import { createScriptedTransport } from '../support/scripted-transport.ts';

describe('a message without a route', () => {
  const db = testDatabase();
  const opened: Mail[] = [];

  beforeEach(() => emptyTables(db));
  afterEach(async () => {
    for (const mail of opened.splice(0)) await mail.close();
  });

  const policy = testPolicy({ email: 'shop@sender.example' });
  const { 'password-reset': _, ...others } = policy.categories;
  /** A process of a release that does not know the category. */
  const startOlder = async (options: TestOptions) => {
    const mail = await createMail(
      { ...testConfig(), migrate: false, ...options, policy: { ...policy, categories: others } },
      options,
    );
    opened.push(mail);
    return mail;
  };
  const alerts = async (kind: string) => {
    const rows: { evidence: string }[] = await db('postlane_alerts').where({ kind, open: 1 });
    return rows.map(({ evidence }) => JSON.parse(evidence) as Alert);
  };

  it('raises an alert at once, and never fails', async () => {
    const api = createScriptedTransport('postmark-api');
    const retry = { firstDelayMs: 60_000, maxDelayMs: 60_000, maxAttempts: 2 };
    const mail = await openMail({ policy, transports: [api], retry });
    opened.push(mail);
    const { id } = await mail.send(resetInput({ sendAt: new Date(Date.now() + 3_600_000) }));
    await db('postlane_messages').where({ id }).update({ category: 'removed' });
    for (let attempt = 1; attempt <= 4; attempt += 1) {
      await db('postlane_messages')
        .where({ id })
        .update({ due_at: new Date(Date.now() - 1000) });
      await mail.work.deliverDue('transactional');
      expect(await db('postlane_messages').where({ id }).first()).to.include({
        state: 'queued',
        reason: 'no-route',
      });
      if (attempt > 1) continue;
      const [alert] = (await alerts('no-route')) as { id: string; category: string; problem: string }[];
      expect(alert).to.include({ id, category: 'removed' });
      expect(alert?.problem).to.match(/Add the category to the policy/);
    }
    await mail.work.rollUp();
    expect(await alerts('no-route')).to.have.length(1);
    await db('postlane_messages').where({ id }).update({ category: 'password-reset' });
    await mail.work.rollUp();
    expect(await alerts('no-route')).to.deep.equal([]);
  });

  it('goes out as soon as its category is back, however long it waited', async () => {
    const api = createScriptedTransport('postmark-api');
    const retry = { firstDelayMs: 3_600_000, maxDelayMs: 3_600_000, maxAttempts: 2 };
    const newer = await openMail({ policy, transports: [api], retry });
    opened.push(newer);
    const older = await startOlder({ transports: [api], retry });
    const { id } = await newer.send(resetInput({ sendAt: new Date(Date.now() + 3_600_000) }));
    const { id: later } = await newer.send(resetInput({ sendAt: new Date(Date.now() + 3_600_000) }));
    await meets(older, id);
    await older.work.rollUp();
    await older.work.deliverDue('transactional');
    expect(await row(id)).to.include({ state: 'queued', reason: 'no-route' });
    await newer.work.rollUp();
    await newer.work.deliverDue('transactional');
    expect(await row(id)).to.include({ state: 'sent' });
    expect(await row(later), 'it waits for its own time').to.include({ state: 'queued', reason: null });
  });

  it('loses none of its attempts to processes without its route', async () => {
    const api = createScriptedTransport('postmark-api');
    const retry = { firstDelayMs: 60_000, maxDelayMs: 60_000, maxAttempts: 2 };
    const newer = await openMail({ policy, transports: [api], retry });
    opened.push(newer);
    const older = await startOlder({ transports: [api], retry });
    const { id } = await newer.send(resetInput({ sendAt: new Date(Date.now() + 3_600_000) }));
    for (let times = 0; times < 4; times += 1) await meets(older, id);
    api.answer(() => ({ kind: 'deferred', code: 'http-503', answer: 'busy' }));
    await meets(newer, id);
    expect(await row(id)).to.include({ state: 'queued', attempt_count: 5 });
    await meets(newer, id);
    expect(await row(id)).to.include({ state: 'failed', reason: 'gave up after 2 attempts: http-503' });
  });

  async function meets(mail: Mail, id: string): Promise<void> {
    await db('postlane_messages')
      .where({ id })
      .update({ due_at: new Date(Date.now() - 1000) });
    await mail.work.deliverDue('transactional');
  }

  const row = (id: string) => db('postlane_messages').where({ id }).first();
});
