import { expect } from 'chai';
import type { Mail } from '../../server/mail/index.ts';
import { eventsAbout, happenedTo } from '../../server/mail/people/person-store.ts';
import { pageSuppressions } from '../../server/mail/people/suppression-lists-store.ts';
import { suppressionsOf } from '../../server/mail/people/suppressions-store.ts';
import { addMs, utc } from '../../server/mail/shared/time.ts';
import { testDatabase } from '../support/database.ts';
import { idAt } from '../support/history.ts';
import { openMail } from '../support/mail.ts';
import { providerSamples } from '../support/provider-samples.ts';
import { rowsTouched } from '../support/reads.ts';

describe('a person', () => {
  const db = testDatabase();
  const start = new Date('2026-05-04T09:00:00Z');
  const busy = 'busy@mail.example';
  let mail: Mail;

  before(async () => {
    mail = await openMail({ now: () => start });
    const at = (i: number) => addMs(start, i * 1000 - 10_000_000);
    const all = Array.from({ length: 3000 }, (_, i) => i);
    await db.batchInsert(
      'postlane_events',
      all.map(i => ({
        ...{ fact_key: `${i}`.padStart(64, 'a'), kind: 'opened', source: 'webhook', stream: 'outbound' },
        ...{ recipient: busy, occurred_at: utc(at(i)), received_at: utc(at(i)), details: '{}' },
      })),
      1000,
    );
    await db.batchInsert(
      'postlane_messages',
      all.map(i => ({
        ...{ id: idAt(at(i)), state: 'delivered', lane: 'transactional', category: 'order' },
        ...{ stream: 'outbound', transport: 'postmark-api', bucket: 1, policy_version: 1, recipient: busy },
        ...{ created_at: utc(at(i)), delivered_at: utc(at(i)) },
      })),
      1000,
    );
    await db.batchInsert(
      'postlane_suppressions',
      all.map(i => ({
        ...{ address: `n${`${i}`.padStart(4, '0')}@mail.example`, stream: 'outbound', active: 1 },
        ...{ reason: 'HardBounce', origin: 'Recipient', class: 'bounce', changed_at: utc(start) },
      })),
      1000,
    );
  });
  after(() => mail.close());

  const report = (kind: 'Delivery' | 'Bounce' | 'SpamComplaint', address: string, fields: object) =>
    mail.receive('postmark', {
      ...providerSamples[kind],
      ...{ MessageID: crypto.randomUUID(), MessageStream: 'broadcast', ID: Math.floor(Math.random() * 1e9) },
      ...(kind === 'Delivery' ? { Recipient: address } : { Email: address }),
      ...fields,
    });
  const hour = (n: number) => new Date(start.getTime() - (24 - n) * 3_600_000).toISOString();

  it('that nobody knows is said to be one', async () => {
    const nobody = await mail.people.get('Nobody@Mail.example');
    expect(nobody).to.deep.include({
      ...{ address: 'nobody@mail.example', known: false, quality: 'unknown', softBounces: 0 },
      ...{ lastDelivery: null, lastEngagement: null, refused: [], ended: [], consents: [] },
    });
    expect(nobody.mail.find(({ category }) => category === 'newsletter')?.decision).to.deep.equal({
      kind: 'send',
    });
  });

  it('is soft-bouncing until mail is delivered again, whatever comes in first', async () => {
    const address = 'full@mail.example';
    const soft = { Type: 'SoftBounce', TypeCode: 4096, Inactive: false };
    await report('Bounce', address, { ...soft, BouncedAt: hour(3) });
    await report('Bounce', address, { ...soft, BouncedAt: hour(2) });
    await report('Delivery', address, { DeliveredAt: hour(1) });
    expect(await mail.people.get(address)).to.deep.include({ quality: 'soft-bouncing', softBounces: 2 });
    await report('Delivery', address, { DeliveredAt: hour(4) });
    const { quality, softBounces, lastDelivery } = await mail.people.get(address);
    expect({ quality, softBounces, at: lastDelivery?.at.toISOString() }).to.deep.equal({
      ...{ quality: 'good', softBounces: 0, at: hour(4) },
    });
  });

  it('is shown with all that was refused, its evidence, and which mail it stops', async () => {
    const address = 'ada@mail.example';
    await report('SpamComplaint', address, { Type: 'SpamComplaint', Inactive: true, BouncedAt: hour(5) });
    await mail.suppressions.add({ address, scope: 'topic', topic: 'offers', note: 'asked by phone' });
    await mail.suppressions.add({ address, scope: 'everything', note: 'wrong person' });
    await mail.suppressions.lift({ address, scope: 'everything' }, 'was right after all');
    await mail.consent.record({ address, topic: 'news', granted: false, evidence: 'account page' });
    const person = await mail.people.get(address);
    expect(person.quality).to.equal('complained');
    expect(
      person.refused.map(({ suppression, event, fixed }) => [
        suppression.class,
        event?.kind ?? suppression.note,
        fixed === null,
      ]),
    ).to.deep.equal([
      ['complaint', 'complained', false],
      ['operator', 'asked by phone', true],
    ]);
    expect(person.ended.map(({ scope, note }) => [scope, note])).to.deep.equal([
      ['everything', 'was right after all'],
    ]);
    expect(person.consents).to.have.length(1);
    const stopped = person.mail.filter(({ decision }) => decision.kind !== 'send');
    expect(stopped.map(({ category }) => category)).to.include('newsletter');
    expect(person.mail.find(({ category }) => category === 'password-reset')?.decision.kind).to.equal('send');
  });

  it('with a long history is read no further than a page needs, and paged to its end', async () => {
    const read = await rowsTouched(db, async trx => {
      await happenedTo(trx, busy);
      await eventsAbout(trx, busy, { cursor: undefined, limit: 11 });
      await suppressionsOf(trx, busy, start);
    });
    expect(read).to.be.within(700, 1000);
    const person = await mail.people.get(busy);
    expect(person).to.deep.include({ quality: 'good', known: true });
    expect(person.lastEngagement?.kind).to.equal('opened');
    expect(person.events.events).to.have.length(10);
    const ids: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await mail.people.events(busy, { limit: 500, ...(cursor && { cursor }) });
      ids.push(...page.events.map(({ id }) => id));
      cursor = page.cursor;
    }
    expect(new Set(ids).size).to.equal(3000);
    const { messages, cursor } = await mail.people.messages(busy, { limit: 20 });
    expect([messages.length, cursor]).to.deep.equal([20, messages.at(-1)?.id]);
  });

  it('is found by a part of the address, anywhere in it', async () => {
    const found: string[] = [];
    const search = (cursor?: string | null) =>
      mail.suppressions.page({ within: '99@MAIL', limit: 10, ...(cursor && { cursor }) });
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await search(cursor);
      found.push(...page.suppressions.map(({ address }) => address));
      cursor = page.cursor;
    }
    expect(found).to.deep.equal(
      Array.from({ length: 30 }, (_, i) => `n${`${i * 100 + 99}`.padStart(4, '0')}@mail.example`),
    );
    const few = await pageSuppressions(db, { within: '2999@' }, start, 1000);
    expect(few).to.deep.include({ suppressions: [], partial: true });
    const rest = await pageSuppressions(db, { within: '2999@', cursor: few.cursor ?? '' }, start, 10_000);
    expect(rest.suppressions.map(({ address }) => address)).to.deep.equal(['n2999@mail.example']);
  });
});
