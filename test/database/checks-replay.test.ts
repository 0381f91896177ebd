import { expect } from 'chai';
import { v7 as newId } from 'uuid';
import { newestMessages } from '../../server/mail/templates/preview/messages-store.ts';
import { useCheckedTemplates } from '../support/checked-templates.ts';
import { testDatabase } from '../support/database.ts';
import { newsletterData, upgradeData, upgradeInput } from '../support/inputs.ts';
import { rowsTouched } from '../support/reads.ts';

describe('replay', () => {
  const db = testDatabase();
  const shop = useCheckedTemplates();
  beforeEach(async () => {
    for (const table of [
      'postlane_message_contents',
      'postlane_attempts',
      'postlane_messages',
      'postlane_campaign_recipients',
      'postlane_campaigns',
    ])
      await db(table).delete();
  });

  const send = async (points: number, over = {}) =>
    (await shop.mail.send(upgradeInput({ data: { ...upgradeData(points), ...over } }))).id;

  it('says that nothing changes when nothing does', async () => {
    const ids = [await send(10), await send(20)];
    const { results, skipped } = await shop.mail.templates.replay(shop.content('loyalty-tier-upgrade'));
    expect(results.map(({ messageId, kind }) => [messageId, kind])).to.deep.equal([
      [ids[1], 'same'],
      [ids[0], 'same'],
    ]);
    expect(skipped).to.equal(0);
  });

  it('puts failures first, then differences, and tells what differs', async () => {
    const named = await send(10, { name: 'Ada' });
    await send(20);
    const { locales, ...rest } = shop.content('loyalty-tier-upgrade');
    const contract = { ...rest.contract, name: { type: 'string' as const } };
    const subject = `${locales.default.subject.trim()}!`;
    const candidate = { ...rest, contract, locales: { default: { ...locales.default, subject } } };
    const { results } = await shop.mail.templates.replay(candidate);
    expect(results.map(({ kind }) => kind)).to.deep.equal(['failure', 'different']);
    const [failure, different] = results;
    expect(failure?.problem).to.include({ rule: 'data' });
    expect(different?.messageId).to.equal(named);
    expect(different?.subject?.after).to.equal(`${different?.subject?.before}!`);
    expect(different?.text).to.deep.equal({ added: 0, removed: 0 });
  });

  it('counts the lines that would change', async () => {
    await send(10);
    const { text = '', html } = shop.content('loyalty-tier-upgrade').locales.default;
    const candidate = shop.changed('loyalty-tier-upgrade', {
      text: `${text}\nOne more.\n`,
      html: `${html}\n<p>New</p>`,
    });
    const [result] = (await shop.mail.templates.replay(candidate)).results;
    expect(result).to.include({ kind: 'different', subject: null });
    expect(result?.text.added).to.be.within(1, 2);
    expect(result?.html.added).to.be.within(1, 2);
  });

  it('puts first what differs most to a reader, and says what', async () => {
    const [plain, named] = [await send(10), await send(20, { name: 'Ada' })];
    const { html } = shop.content('loyalty-tier-upgrade').locales.default;
    const long = 'Dear {{name}}, this was asked for on your behalf by somebody who may be you.';
    const candidate = shop.changed('loyalty-tier-upgrade', {
      html: html.replace('<h1', `{{#if name}}<p>${long}</p>{{/if}}<h1`).replace('</h1>', '!</h1>'),
    });
    const { results } = await shop.mail.templates.replay(candidate);
    expect(results.map(({ messageId }) => messageId)).to.deep.equal([named, plain]);
    const [most, least] = results;
    expect(most?.share).to.be.greaterThan(least?.share ?? 1);
    expect(least?.looks).to.equal(0);
    expect(least?.words).to.have.length(1);
    expect(most?.words[0]?.after).to.match(/^Dear Ada, this was asked/);
  });

  it('takes the newest, and leaves out what is purged', async () => {
    const ids = [await send(1), await send(2), await send(3)];
    await db('postlane_message_contents')
      .where({ message_id: ids[2] ?? '' })
      .delete();
    const content = shop.content('loyalty-tier-upgrade');
    const { results } = await shop.mail.templates.replay(content, { limit: 1 });
    expect(results.map(({ messageId }) => messageId)).to.deep.equal([ids[1]]);
    expect((await shop.mail.templates.replay(shop.content('receipt'))).results).to.deep.equal([]);
  });

  it('replays what campaigns sent', async () => {
    const { id } = await shop.mail.campaigns.create({
      name: 'May',
      template: 'newsletter',
      topic: 'news',
      data: newsletterData,
    });
    await shop.mail.campaigns.addRecipients(id, [{ email: 'a@mail.example' }, { email: 'b@mail.example' }]);
    await shop.mail.campaigns.launch(id);
    await shop.mail.work.expandCampaigns();
    const candidate = shop.changed('newsletter', { subject: 'Other: {{issue}}' });
    const { results } = await shop.mail.templates.replay(candidate);
    expect(results.map(({ kind, subject }) => `${kind} ${subject?.after}`)).to.deep.equal([
      'different Other: May',
      'different Other: May',
    ]);
  });

  it('outlives a candidate that never ends, and stops when its time is up', async () => {
    await send(10);
    await send(20);
    const rows = { type: 'array' as const, optional: true };
    const endless = `{{#each words}}${'{{#each @root.words}}'.repeat(8)}${'{{/each}}'.repeat(9)}`;
    const { contract, ...rest } = shop.changed('loyalty-tier-upgrade', { html: endless });
    await db('postlane_message_contents').update({
      content: JSON.stringify({
        ...{ to: [{ email: 'ada@mail.example' }], cc: [], bcc: [], replyTo: [], headers: {}, metadata: {} },
        data: { words: Array.from({ length: 500 }, () => 'x') },
      }),
    });
    const candidate = { ...rest, contract: { words: rows } };
    const replayed = await shop.mail.templates.replay(candidate, { limit: 2, timeMs: 1 });
    expect(replayed.results.length + replayed.skipped).to.equal(2);
    for (const { kind, problem } of replayed.results) {
      expect(kind).to.equal('failure');
      expect(problem?.rule).to.equal('time');
    }
  }).timeout(30_000);

  it('reads no more than the newest messages of each version, however many there are', async () => {
    await send(10);
    const pattern = await db('postlane_messages').first();
    // Generated: MySQL takes no value for it.
    delete pattern.tag_start;
    await db('postlane_messages').insert(Array.from({ length: 400 }, () => ({ ...pattern, id: newId() })));
    expect(await rowsTouched(db, trx => newestMessages(trx, 'loyalty-tier-upgrade', 10))).to.be.below(100);
  });
});
