import { expect } from 'chai';
import { testDatabase } from '../support/database.ts';
import { providerSamples } from '../support/provider-samples.ts';
import { usePages } from './pages-mail.ts';

describe('pages about who is not mailed', () => {
  const { pages, page, post } = usePages();

  describe('suppressions', () => {
    it('are added with a note, and lifted with one', async () => {
      const fields = { address: 'Ada@Example.com', place: 'outbound', note: 'asked by phone' };
      await post('/suppressions', fields).expect(303);
      const one = '/suppressions/one?stream=outbound&address=ada@example.com';
      expect(await page(one))
        .to.include('asked by phone')
        .and.include('Lift the suppression');
      expect(await page('/suppressions?address=ada')).to.include('asked by phone');
      await post('/suppressions/lift', {
        ...{ address: 'Ada@Example.com', stream: 'outbound', note: 'asked again' },
      }).expect(303);
      expect(await page(one))
        .to.include('asked again')
        .and.not.include('Lift the suppression');
      const { entries } = await pages().mail.audit.list({ subject: 'suppression:outbound:ada@example.com' });
      expect(entries.map(({ action }) => action)).to.deep.equal(['suppression.lift', 'suppression.add']);
    });

    it('come back with what was typed when something has to be fixed', async () => {
      const { text } = await post('/suppressions', { address: '"><b>', place: 'outbound', note: '' }).expect(
        422,
      );
      expect(text).to.include('Enter a reason').and.include('value="&quot;&gt;&lt;b&gt;"');
      expect(
        (await post('/suppressions', { address: 'nobody', place: 'outbound', note: 'x' }).expect(422)).text,
      ).to.match(/class="field-error"/);
    });

    it('show the report they rest on; a complaint stays', async () => {
      await pages().mail.receive('postmark', {
        ...providerSamples.SpamComplaint,
        Email: 'cross@example.com',
        MessageStream: 'outbound',
      });
      await pages().mail.receive('postmark', {
        ...providerSamples.SubscriptionChange,
        Recipient: 'cross@example.com',
        MessageStream: 'outbound',
        SuppressSending: true,
        SuppressionReason: 'SpamComplaint',
        Origin: 'Recipient',
        ChangedAt: '2026-05-04T09:00:00Z',
      });
      const one = await page('/suppressions/one?stream=outbound&address=cross@example.com');
      expect(one).to.include('Event behind it').and.include('A complaint cannot be lifted');
      await post('/suppressions/lift', {
        address: 'cross@example.com',
        stream: 'outbound',
        note: 'please',
      }).expect(303);
      expect(await pages().mail.suppressions.list({ address: 'cross@example.com' })).to.have.length(1);

      // Nor by putting an operator's own in its place, which could be lifted.
      await post('/suppressions', { address: 'Cross@example.com', place: 'outbound', note: 'x' }).expect(303);
      const [stays] = await pages().mail.suppressions.list({ address: 'cross@example.com' });
      expect(stays).to.include({ reason: 'SpamComplaint', origin: 'Recipient' });
    });

    it('of Postmark are not lifted when it cannot be reached', async () => {
      const change = {
        stream: 'outbound',
        address: 'gone@example.com',
        active: 1,
        changed_at: '2026-05-04 09:00:00',
      };
      await testDatabase()('postlane_suppressions').insert({
        ...change,
        reason: 'HardBounce',
        origin: 'Recipient',
        class: 'bounce',
      });
      await post('/suppressions/lift', {
        address: 'gone@example.com',
        stream: 'outbound',
        note: 'works',
      }).expect(303);
      expect(await pages().mail.suppressions.list({ address: 'gone@example.com' })).to.have.length(1);
    });

    it('page by address, each once', async () => {
      const at = '2026-05-04 09:00:00';
      const rows = Array.from({ length: 120 }, (_, i) => ({
        stream: i % 2 ? 'outbound' : 'broadcast',
        address: `page-${String(Math.floor(i / 2)).padStart(3, '0')}@example.com`,
        active: 1,
        reason: 'ManualSuppression',
        origin: 'Operator',
        changed_at: at,
      }));
      await testDatabase()('postlane_suppressions').insert(rows);
      const seen: string[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const found = await pages().mail.suppressions.page({ start: 'page-', ...(cursor && { cursor }) });
        seen.push(...found.suppressions.map(({ stream, address }) => `${address} ${stream}`));
        cursor = found.cursor;
      }
      expect(seen).to.deep.equal(rows.map(({ stream, address }) => `${address} ${stream}`).sort());
      expect(await page('/suppressions?address=page-&stream=broadcast')).to.include('rel="next"');
    });

    it('have four scopes and an end, each in plain words', async () => {
      const address = 'scopes@example.com';
      for (const place of ['topic:newsletter', 'all:bulk', 'all:non-essential', 'all:everything'])
        await post('/suppressions', { address, place, note: 'asked', until: '2999-12-31' }).expect(303);
      const list = await page(`/suppressions?address=${address}`);
      for (const words of ['topic newsletter', 'all bulk mail', 'all but essential mail', 'all mail'])
        expect(list).to.include(`<td class="wide">${words}</td>`);
      expect(list).to.include('until 1 Jan 3000');
      const one = await page(`/suppressions/one?scope=bulk&address=${address}`);
      expect(one).to.include('<dt>Until</dt>').and.include('History of the address');
      for (const [fields, problem] of [
        [{ place: 'no-such-stream' }, 'there is no such stream'],
        [{ place: 'all:bulk', until: '2020-01-01' }, 'a day that is not past'],
        [{ place: 'all:bulk', until: '2999-02-31x' }, 'Choose a day'],
      ] as const)
        expect((await post('/suppressions', { address, note: 'x', ...fields }).expect(422)).text).to.include(
          problem,
        );
    });

    it('are found by a part of the address', async () => {
      const found = await page('/suppressions?address=COPES@EX&within=yes');
      expect(found).to.include('scopes@example.com');
      expect(await page('/suppressions?address=copes@ex')).to.include('is not suppressed');
    });

    it('that are chosen are extended or lifted one by one, each with its own result', async () => {
      const chosen = ['all:bulk scopes@example.com', 'topic:news nobody@example.com', 'nonsense'];
      const extended = await post('/suppressions/selected/extend', { chosen, note: 'longer' }).expect(200);
      expect(extended.text).to.include('Extended: 1 of 2').and.include('Stands until it is lifted.');
      const lifted = await post('/suppressions/selected/lift', { chosen, note: 'came back' }).expect(200);
      expect(lifted.text)
        .to.include('Lifted: 1 of 2')
        .and.include('This address is not suppressed from this topic.');
      const { entries } = await pages().mail.audit.list({
        subject: 'suppression:scope=bulk:scopes@example.com',
      });
      expect(entries.map(({ action }) => action)).to.deep.equal([
        'suppression.lift',
        'suppression.add',
        'suppression.add',
      ]);
      const many = Array.from({ length: 51 }, (_, i) => `all:bulk n${i}@example.com`);
      await post('/suppressions/selected/lift', { chosen: many, note: 'x' }).expect(422);
    });
  });

  describe('lists of suppressions', () => {
    it('are looked at, imported and downloaded', async () => {
      expect(await page('/suppressions/import')).to.include('data-upload="address,scope,topic');
      const list = {
        csv: 'email,scope\nlist@example.com,everything\nnobody,bulk\n',
        note: 'old',
        place: 'all:bulk',
      };
      const looked = await post('/suppressions/import', list).expect(200);
      expect(looked.text)
        .to.include('Nothing was changed')
        .and.match(/New<\/dt><dd>1</);
      expect((await post('/suppressions/import', { ...list, mode: 'refuse' }).expect(422)).text).to.include(
        '1 line cannot be used',
      );
      expect(await pages().mail.suppressions.list({ address: 'list@example.com' })).to.deep.equal([]);
      const { text } = await post('/suppressions/import', { ...list, mode: 'take' }).expect(200);
      expect(text)
        .to.include('<h1>Imported</h1>')
        .and.match(/With errors<\/dt><dd>1</);
      expect(await page('/suppressions/suppressions.csv')).to.include('list@example.com,everything,');
      for (const [fields, problem] of [
        [{ note: '' }, 'Enter a reason'],
        [{ place: 'no-such' }, 'There is no such stream'],
        [{ csv: '' }, 'Choose a file or paste a list'],
      ] as const)
        expect((await post('/suppressions/import', { ...list, ...fields }).expect(422)).text).to.include(
          problem,
        );
    });
  });

  describe('a person', () => {
    it('is shown with the answer, the evidence and what can be done, and leads back there', async () => {
      const person = '/people?address=Person@example.com';
      expect(await page(person)).to.include('Nothing is known about this address');
      const add = {
        address: 'person@example.com',
        place: 'topic:newsletter',
        note: 'by phone',
        from: 'person',
      };
      const { headers } = await post('/suppressions', add).expect(303);
      expect(headers.location).to.match(/people\?address=person%40example\.com$/);
      const html = await page(person);
      expect(html)
        .to.match(/In part\. 1 of \d+ kinds of mail/)
        .and.include('added by an operator: <code>newsletter</code>')
        .and.include('by phone')
        .and.include('<summary>Lift it</summary>');
      await post('/suppressions/lift', {
        ...{
          address: 'person@example.com',
          scope: 'topic',
          topic: 'newsletter',
          note: 'again',
          from: 'person',
        },
      }).expect(303);
      expect(await page(person))
        .to.include('Yes. Nothing stands against mail')
        .and.include('1 suppression lifted or expired');
    });

    it('is found by the beginning of the address', async () => {
      expect(await page('/people?address=cross')).to.include('address&#x3D;cross%40example.com');
      expect(await page('/people?address=zzz')).to.include('begins with zzz');
      expect(await page('/people')).to.include('Find a person');
    });
  });
});
