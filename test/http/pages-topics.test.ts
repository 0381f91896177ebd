import { expect } from 'chai';
import { usePages } from './pages-mail.ts';

describe('pages about topics', () => {
  const { pages, page, post } = usePages();
  const fields = {
    ...{ name: 'Product news', description: 'Now and then', translations: 'nl | Nieuws | Af en toe' },
    ...{ consent: 'opt-in', streams: 'broadcast', shown: 'yes', order: '3' },
  };

  it('make one, change it, archive and restore it, and say who did', async () => {
    expect(await page('/topics')).to.include('Newsletter');
    await page('/topics/new');
    await post('/topics', { key: 'product-news', ...fields }).expect(303);
    expect(await pages().mail.topics.get('product-news')).to.deep.include({
      ...{ name: 'Product news', consent: 'opt-in', streams: ['broadcast'], order: 3 },
      translations: { nl: { name: 'Nieuws', description: 'Af en toe' } },
    });
    await pages().mail.consent.record({ topic: 'product-news', address: 'ada@x.example', granted: true });
    expect(await page('/topics/product-news'))
      .to.include('nl | Nieuws | Af en toe')
      .and.include('1 subscribed');
    await post('/topics/product-news/archive', {}).expect(303);
    expect(await page('/topics')).to.include('archived');
    await post('/topics/product-news/restore', {}).expect(303);
    const { entries } = await pages().mail.audit.list({ subject: 'topic:product-news' });
    expect(entries.map(one => one.action)).to.deep.equal(['topic.restore', 'topic.archive', 'topic.save']);
  });

  it('come back with what was typed when something has to be fixed', async () => {
    const wrong = { ...fields, name: '"><b>', streams: 'outbound' };
    const { text } = await post('/topics/newsletter', wrong).expect(422);
    expect(text).to.include('value="&quot;&gt;&lt;b&gt;"').and.include('a stream of transactional mail');
    expect((await post('/topics', { ...fields, key: 'A b' }).expect(422)).text).to.include('A key has a-z');
    expect((await post('/topics', { ...fields, key: 'newsletter' }).expect(422)).text).to.include('already');
    for (const translations of ['no language at all | x', 'nl |'])
      await post('/topics/newsletter', { ...fields, translations }).expect(422);
    await post('/topics/nowhere', fields).expect(404);
  });
});
