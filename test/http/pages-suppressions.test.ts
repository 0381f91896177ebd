import { expect } from 'chai';
import { testDatabase } from '../support/database.ts';
import { providerSamples } from '../support/provider-samples.ts';
import { usePages } from './pages-mail.ts';

describe('pages about who is not mailed', () => {
  const { pages, page, post } = usePages();

  describe('suppressions', () => {
    it('are added with a note, and lifted with one', async () => {
      const fields = { address: 'Ada@Example.com', stream: 'outbound', note: 'asked by phone' };
      await post('/suppressions', fields).expect(303);
      const one = '/suppressions/one?stream=outbound&address=ada@example.com';
      expect(await page(one))
        .to.include('asked by phone')
        .and.include('Lift the suppression');
      expect(await page('/suppressions?address=ada')).to.include('asked by phone');
      await post('/suppressions/lift', { ...fields, note: 'asked again' }).expect(303);
      expect(await page(one))
        .to.include('asked again')
        .and.not.include('Lift the suppression');
      const { entries } = await pages().mail.audit.list({ subject: 'suppression:outbound:ada@example.com' });
      expect(entries.map(({ action }) => action)).to.deep.equal(['suppression.lift', 'suppression.add']);
    });

    it('come back with what was typed when something has to be fixed', async () => {
      const { text } = await post('/suppressions', { address: '"><b>', stream: 'outbound', note: '' }).expect(
        422,
      );
      expect(text).to.include('Enter a reason').and.include('value="&quot;&gt;&lt;b&gt;"');
      expect(
        (await post('/suppressions', { address: 'nobody', stream: 'outbound', note: 'x' }).expect(422)).text,
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
      await post('/suppressions', { address: 'Cross@example.com', stream: 'outbound', note: 'x' }).expect(
        303,
      );
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
  });
});
