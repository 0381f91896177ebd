import { expect } from 'chai';
import type { Mail, MessageFilter } from '../../server/mail/index.ts';
import { findMessages, searchBudget } from '../../server/mail/messages/search-store.ts';
import { testDatabase } from '../support/database.ts';
import { insertHistory } from '../support/history.ts';
import { openMail } from '../support/mail.ts';
import { rowsTouched } from '../support/reads.ts';

const from = new Date('2026-05-01T00:00:00Z');
const to = new Date('2026-05-08T00:00:00Z');
const size = searchBudget + 2000;

describe('the search for messages', () => {
  const db = testDatabase();
  let mail: Mail;
  let receipts: string[];

  before(async () => {
    mail = await openMail();
    // Many orders, each hundredth failed; in the middle of the time a few receipts with a tag.
    await insertHistory(db, {
      count: size,
      from,
      to,
      template: 'order-confirmation',
      tag: 'order',
      state: i => (i % 100 === 0 ? 'failed' : 'delivered'),
      recipient: i => `person-${i % 500}@mail.example`,
    });
    receipts = await insertHistory(db, {
      count: 130,
      from: new Date('2026-05-03T00:00:00Z'),
      to: new Date('2026-05-03T01:00:00Z'),
      template: 'receipt',
      stream: 'receipts',
      tag: `${'r'.repeat(64)}-1`,
      recipient: i => `100%_'"-${i}@mail.example`,
    });
  });
  after(() => mail.close());

  const all = async (filter: MessageFilter): Promise<string[]> => {
    const ids: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await mail.messages.find({ ...filter, limit: 50, ...(cursor && { cursor }) });
      ids.push(...page.messages.map(({ id }) => id));
      cursor = page.cursor;
    }
    return ids;
  };
  const newestFirst = (ids: readonly string[]) => [...ids].sort().reverse();

  it('finds the same by each filter, newest first, page by page', async () => {
    const expected = newestFirst(receipts);
    for (const filter of [
      { template: 'receipt' },
      { stream: 'receipts' },
      { tag: `${'r'.repeat(64)}-1` },
      { template: 'receipt', state: 'delivered' },
      { template: 'receipt', stream: 'receipts', tag: `${'r'.repeat(64)}-1` },
      {
        since: new Date('2026-05-02T23:59:59Z'),
        until: new Date('2026-05-03T01:00:00Z'),
        template: 'receipt',
      },
    ] as const) {
      expect(await all(filter), JSON.stringify(filter)).to.deep.equal(expected);
    }
    expect(await all({ tag: `${'r'.repeat(64)}-2` })).to.deep.equal([]);
    expect(await all({ state: 'failed' })).to.have.length(size / 100);
    expect(await all({ recipient: 'PERSON-7@mail.example' })).to.have.length(size / 500);
  });

  it('finds by category, subject, idempotency key and metadata, alone and together', async () => {
    const metadata = { account: '42', plan: 'gold' };
    const subject = 'We’ve “shipped”: 100%_';
    const base = { category: 'order', to: 'grace@mail.example', subject, text: 'It is on its way.' };
    const { id } = await mail.send({ ...base, metadata, idempotencyKey: 'order-9' });
    const other = await mail.send({ ...base, metadata: { account: '42', plan: 'blue' } });
    const long = await mail.send({ ...base, subject: `${'x'.repeat(300)}1`, metadata: { plan: 'gold' } });
    const both = newestFirst([id, other.id]);
    expect(await all({ subject })).to.deep.equal(both);
    expect(await all({ subject: subject.slice(1) })).to.deep.equal([]);
    expect(await all({ subject: 'x'.repeat(300) })).to.deep.equal([long.id]);
    expect(await all({ metadata: { account: '42' } })).to.deep.equal(both);
    expect(await all({ metadata })).to.deep.equal([id]);
    expect(await all({ metadata: { account: '43' } })).to.deep.equal([]);
    expect(await all({ metadata, category: 'receipt' })).to.deep.equal([]);
    expect(await all({ idempotencyKey: 'order-9', category: 'order' })).to.deep.equal([id]);
    expect(await all({ idempotencyKey: 'order-9', metadata: { plan: 'blue' } })).to.deep.equal([]);
    expect((await all({ category: 'order', recipient: 'grace@mail.example' })).slice(0, 2)).to.have.length(2);
    const [found] = (await mail.messages.find({ idempotencyKey: 'order-9' })).messages;
    expect(found).to.deep.include({ subject, metadata, idempotencyKey: 'order-9', category: 'order' });
  });

  it('takes wildcards and quotes as plain text', async () => {
    expect(await all({ recipient: `100%_'"-7@mail.example` })).to.have.length(1);
    expect(await all({ recipient: '100%' })).to.have.length(0);
    expect(await mail.messages.recipients(`100%_'"-12`)).to.include(`100%_'"-129@mail.example`);
    expect(await mail.messages.recipients('%')).to.deep.equal([]);
    expect(await mail.messages.recipients('person-49')).to.have.length(10);
  });

  it('goes back the way it came', async () => {
    const first = await mail.messages.find({ limit: 3 });
    const second = await mail.messages.find({ limit: 3, cursor: String(first.cursor) });
    const third = await mail.messages.find({ limit: 3, cursor: String(second.cursor) });
    const back = await mail.messages.find({ limit: 3, after: String(third.newer) });
    expect(back.messages).to.deep.equal(second.messages);
    const start = await mail.messages.find({ limit: 3, after: String(back.newer) });
    expect(start.messages).to.deep.equal(first.messages);
    expect([first.newer, start.newer]).to.deep.equal([null, null]);
  });

  it('bounds a time by the moment of acceptance', async () => {
    const hour = { since: new Date('2026-05-04T00:00:00Z'), until: new Date('2026-05-04T01:00:00Z') };
    const { messages } = await mail.messages.find({ ...hour, limit: 500 });
    expect(messages).not.to.have.length(0);
    for (const { createdAt } of messages) expect(createdAt).to.be.within(hour.since, hour.until);
  });

  it('stops when too many do not match, says so, and goes on from there', async () => {
    const filter = { template: 'order-confirmation', stream: 'receipts' };
    const first = await findMessages(db, filter, 100);
    expect(first).to.deep.include({ messages: [], partial: true });
    const next = await findMessages(db, { ...filter, cursor: String(first.cursor) }, 100);
    expect(next).to.deep.include({ messages: [], partial: false, cursor: null });
  });

  it('misses nothing between the pages of a search that stops, forward and back', async () => {
    const filter = { template: 'order-confirmation', tag: 'order', state: 'failed' } as const;
    const found: string[] = [];
    for (let page = await findMessages(db, filter, 50); ; ) {
      found.push(...page.messages.map(({ id }) => id));
      if (page.cursor === null) break;
      page = await findMessages(db, { ...filter, cursor: page.cursor }, 50);
    }
    expect(found).to.deep.equal(await all({ state: 'failed' }));
    const back = await findMessages(db, { ...filter, after: String(found[9]) }, 50);
    expect(back.messages.map(({ id }) => id)).to.deep.equal(found.slice(0, 9));
  });

  it('takes the way that comes furthest when none leads to the end', async () => {
    // 60 orders span less of the time than 60 that failed, and hold none of them.
    const { messages } = await findMessages(db, { tag: 'order', state: 'failed' }, 60);
    expect(messages).to.have.length(50);
  });

  it('finds by our id, an attempt’s and the provider’s', async () => {
    const [id = ''] = receipts;
    const [attempt] = await db('postlane_attempts').where({ message_id: id });
    const provider = 'b7bc2f4a-e38e-4336-af7d-e6c392c2f817';
    await db('postlane_attempts').where({ id: attempt.id }).update({ provider_message_id: provider });
    for (const name of [id, attempt.id, provider, provider.toUpperCase()]) {
      expect(await mail.messages.named(name), name).to.deep.equal([id]);
    }
    expect(await mail.messages.named("' OR 1=1")).to.deep.equal([]);
  });

  describe('reads no more than a page needs', () => {
    for (const filter of [
      {},
      { recipient: 'person-7@mail.example' },
      { template: 'order-confirmation' },
      { state: 'delivered' },
      { state: 'failed' },
      { stream: 'outbound' },
      { tag: 'order' },
      { category: 'order' },
      { subject: 'Nothing of that name' },
      { metadata: { account: '42' } },
      { idempotencyKey: 'order-9' },
      { tag: 'order', state: 'failed' },
      { tag: 'order', state: 'failed', template: 'order-confirmation', stream: 'outbound' },
      { stream: 'receipts', state: 'delivered' },
      { tag: 'order', recipient: 'person-7@mail.example', state: 'delivered' },
      { campaignId: '00000000-0000-7000-8000-000000000000' },
      { since: new Date('2026-05-04T00:00:00Z'), until: new Date('2026-05-05T00:00:00Z') },
    ] satisfies MessageFilter[]) {
      it(JSON.stringify(filter), async () => {
        expect(await rowsTouched(db, trx => findMessages(trx, filter))).to.be.below(1500);
      });
    }

    it('nor than its budget, when no index knows all that is asked', async () => {
      const filter = { template: 'order-confirmation', state: 'delivered', stream: 'receipts' } as const;
      // A walk along each index, and the few rows of the shortest.
      expect(await rowsTouched(db, trx => findMessages(trx, filter))).to.be.below(5 * searchBudget);
    });
  });
});
