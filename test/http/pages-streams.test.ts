import { expect } from 'chai';
import request from 'supertest';
import { testDatabase } from '../support/database.ts';
import { openStreamsApp, rowOf, type StreamsApp, textOf } from './streams-app.ts';

const linking = { publicUrl: 'https://shop.example/mail', secretKeys: ['k'.repeat(32)] };

describe('the pages about streams', () => {
  let at: StreamsApp;

  before(async () => {
    at = await openStreamsApp();
  });
  beforeEach(() => at.begin());
  after(() => at.close());

  describe('what is configured', () => {
    it('shows lanes, streams, transports with their shares, and consent', async () => {
      const { text } = await at.open();
      const row = rowOf(text, 'newsletter');
      expect(row).to.match(/bulk.*broadcast by postmark-smtp.*75%, weight 3/);
      expect(row).to.match(
        /broadcast by postmark-api.*25%, weight 1.*news by postmark-smtp.*not used.*opt-in/,
      );
      expect(rowOf(text, 'password-reset')).to.match(/transactional.*outbound by postmark-api.*not needed/);
    });

    it('shows where transports lead, and no password or token', async () => {
      const { text } = await at.open();
      expect(text).to.include(new URL(at.sandbox.apiUrl).host).and.to.include('127.0.0.1:9');
      expect(text).not.to.include('hunter2').and.not.to.include('key-1').and.not.to.include(at.sandbox.token);
    });

    it('shows whose link to unsubscribe bulk mail has', async () => {
      const { text } = await at.open();
      expect(rowOf(text, 'broadcast')).to.include('the provider’s link');
      expect(rowOf(text, 'outbound')).to.include('none');
      await at.begin({ ...linking, unsubscribe: { broadcast: 'own' } });
      const row = rowOf((await at.open()).text, 'broadcast');
      expect(row).to.include('our own link').and.not.include('provider');
      const { text: webhooks } = await at.open('/webhooks');
      expect(textOf(webhooks)).to.match(
        /On broadcast recipients unsubscribe by our own link .* set to Postmark: .* support to approve it/,
      );
    });

    it('counts who is suppressed on each stream, and leads there', async () => {
      await at.mail().suppressions.add('broadcast', 'ada@mail.example', 'asked');
      await at.mail().suppressions.add('broadcast', 'bob@mail.example', 'asked');
      await at.mail().suppressions.add('outbound', 'eve@mail.example', 'asked');
      await at.mail().suppressions.lift('outbound', 'eve@mail.example', 'asked again');
      const streams = await at.mail().connections.streams();
      const counts = streams.map(({ name, suppressed, more }) => ({ name, suppressed, more }));
      expect(counts).to.deep.equal([
        { name: 'broadcast', suppressed: 2, more: false },
        { name: 'news', suppressed: 0, more: false },
        { name: 'outbound', suppressed: 0, more: false },
      ]);
      expect((await at.open()).text).to.include('suppressions?stream&#x3D;broadcast');
    });

    it('counts no further than ten thousand', async () => {
      const rows = Array.from({ length: 10_050 }, (_, i) => ({
        stream: 'broadcast',
        address: `reader-${i}@mail.example`,
        active: 1,
        reason: 'HardBounce',
        origin: 'Recipient',
        changed_at: new Date(),
      }));
      await testDatabase().batchInsert('postlane_suppressions', rows, 2000);
      const { suppressed, more } = (await at.mail().connections.streams()).find(
        ({ name }) => name === 'broadcast',
      ) ?? { suppressed: 0, more: false };
      expect({ suppressed, more }).to.deep.equal({ suppressed: 10_000, more: true });
      expect((await at.open()).text).to.match(/10,000 or more/);
    });

    it('shows the address for the webhook with its events', async () => {
      const { text } = await at.open();
      expect(text).to.include(`value="${at.address}"`);
      for (const event of ['Delivery', 'Bounce', 'SpamComplaint', 'Open', 'Click', 'SubscriptionChange'])
        expect(text).to.include(`>${event}</span>`);
    });

    it('puts the mount behind a public address, or takes it from there', async () => {
      for (const publicUrl of ['https://shop.example/mail', 'https://shop.example']) {
        const { text } = await request(at.appFor('viewer', { publicUrl })).get('/mail/streams');
        expect(text, publicUrl).to.include('value="https://shop.example/mail/webhooks/postmark"');
      }
    });
  });

  describe('the test of a transport', () => {
    it('names the Postmark server, how it delivers, and which webhooks are missing', async () => {
      const { status, text } = await at.send('/connections/postmark-api/test');
      expect(status).to.equal(200);
      expect(text).to.match(/It works\..*Signed in to the Postmark server .*, delivery type Live/);
      for (const stream of ['outbound', 'broadcast', 'news'])
        expect(rowOf(text, stream), stream).to.match(/missing.*Nothing is posted to this address/);
      expect(text).not.to.include(at.sandbox.token);
    });

    it('says what a webhook at Postmark lacks', async () => {
      await at.postmark.createWebhook({
        Url: at.address,
        MessageStream: 'outbound',
        ...({ Verify: false } as object),
        Triggers: { Delivery: { Enabled: true } },
      });
      const { text } = await at.send('/connections/postmark-api/test');
      expect(rowOf(text, 'outbound')).to.match(/incomplete.*no password.*holds reports back/);
    });

    it('signs in to SMTP', async () => {
      const { text } = await at.send('/connections/postmark-smtp/test');
      expect(text).to.match(/It works\..*Connected and signed in/);
    });

    it('says in plain words what is wrong, and keeps secrets', async () => {
      const { status, text } = await at.send('/connections/backup/test');
      expect(status).to.equal(200);
      expect(text).to.match(/does not work\..*Nothing answers there: the connection was refused/);
      expect(text).not.to.match(/hunter2|key-1/);
    });

    it('says when Postmark refuses the token', async () => {
      at.sandbox.faults.add({ where: 'GET /server', kind: 'status', status: 401, times: 1 });
      const { text } = await at.send('/connections/postmark-api/test');
      expect(textOf(text)).to.match(/does not work\. Postmark does not accept the server token/);
    });

    it('says when the webhooks cannot be read, though the token is right', async () => {
      at.sandbox.faults.add({ where: 'GET /webhooks', kind: 'status', status: 503, times: 1 });
      const { text } = await at.send('/connections/postmark-api/test');
      expect(textOf(text)).to.match(/It works\..*could not be read\. Postmark has trouble of its own/);
    });

    it('is for editors', async () => {
      expect((await at.send('/connections/postmark-smtp/test', {}, at.appFor('viewer'))).status).to.equal(
        403,
      );
      expect((await at.open('', 'viewer')).text).not.to.include('/test"');
      expect((await at.send('/connections/postmark-smtp/test', {}, at.appFor('editor'))).status).to.equal(
        200,
      );
    });

    it('answers 404 for a transport that is not there', async () => {
      expect((await at.send('/connections/nowhere/test')).status).to.equal(404);
    });
  });
});
