import { expect } from 'chai';
import type { Mail } from '../../server/mail/index.ts';
import { testDatabase } from '../support/database.ts';
import { openMail } from '../support/mail.ts';

describe('audit log', () => {
  const at = new Date('2026-05-04T09:00:00.123Z');
  let mail: Mail;
  before(async () => {
    mail = await openMail({ now: () => at });
  });
  after(() => mail.close());
  beforeEach(() => testDatabase()('postlane_audit_entries').delete());

  const record = (over: object = {}) =>
    mail.audit.record({
      by: 'ada',
      action: 'template.publish',
      subject: 'template:newsletter',
      before: null,
      after: null,
      ...over,
    });

  it('keeps who changed what, when, and how it was before and after', async () => {
    await record({ before: { version: 1, note: 'Grüße ✉' }, after: { version: 2, tags: ['a'] } });
    const { entries, cursor } = await mail.audit.list();
    expect(cursor).to.equal(null);
    const id = entries[0]?.id ?? '';
    expect(entries).to.deep.equal([
      { id, at, by: 'ada', action: 'template.publish', subject: 'template:newsletter' },
    ]);
    expect(await mail.audit.get(id)).to.deep.equal({
      ...entries[0],
      before: { version: 1, note: 'Grüße ✉' },
      after: { version: 2, tags: ['a'] },
    });
    expect(await mail.audit.get('999999')).to.equal(null);
  });

  it('happens with the change or not at all', async () => {
    const failed = testDatabase().transaction(async trx => {
      await mail.audit.record(
        { by: 'ada', action: 'message.retry', subject: 's', before: 1, after: 2 },
        { trx },
      );
      throw new Error('The change failed.');
    });
    expect(await failed.catch((error: Error) => error.message)).to.equal('The change failed.');
    expect((await mail.audit.list()).entries).to.deep.equal([]);
  });

  it('tells falsy values from none', async () => {
    await record({ before: false, after: 0 });
    await record({ before: undefined, after: '' });
    const [second, first] = (await mail.audit.list()).entries;
    expect(await mail.audit.get(first?.id ?? '')).to.deep.include({ before: false, after: 0 });
    expect(await mail.audit.get(second?.id ?? '')).to.deep.include({ before: null, after: '' });
  });

  it('pages by cursor, newest first, each entry once', async () => {
    for (let i = 0; i < 7; i += 1) await record({ subject: `template:t${i}` });
    const seen: string[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await mail.audit.list({ limit: 3, ...(cursor && { cursor }) });
      seen.push(...page.entries.map(({ subject }) => subject));
      cursor = page.cursor;
    } while (cursor);
    expect(seen).to.deep.equal([6, 5, 4, 3, 2, 1, 0].map(i => `template:t${i}`));
  });

  it('finds by person, action and subject together, and knows its actions', async () => {
    await record();
    await record({ by: 'grace' });
    await record({ by: 'grace', action: 'suppression.lift', subject: 'suppression:a@example.com' });
    const found = async (filter: object) => (await mail.audit.list(filter)).entries.length;
    expect(await found({ by: 'grace' })).to.equal(2);
    expect(await found({ action: 'template.publish' })).to.equal(2);
    expect(await found({ by: 'grace', action: 'template.publish', subject: 'template:newsletter' })).to.equal(
      1,
    );
    expect(await found({ by: '%' })).to.equal(0);
    expect(await mail.audit.actions()).to.deep.equal(['suppression.lift', 'template.publish']);
  });

  it('says how long a value was that is too long to be kept', async () => {
    await record({ before: 'x'.repeat(300_000), after: 'short', by: `${'é'.repeat(300)}` });
    const [entry] = (await mail.audit.list()).entries;
    expect(entry?.by).to.equal('é'.repeat(200));
    const { before, after } = (await mail.audit.get(entry?.id ?? '')) ?? {};
    expect(before).to.include({ tooLongToKeep: true, characters: 300_002 });
    expect(after).to.equal('short');
  });
});
