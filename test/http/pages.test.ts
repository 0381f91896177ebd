import { expect } from 'chai';
import type { Express } from 'express';
import request from 'supertest';
import type { Mail } from '../../server/mail/index.ts';
import { testDatabase } from '../support/database.ts';
import { providerSamples } from '../support/provider-samples.ts';
import type { ScriptedTransport } from '../support/scripted-transport.ts';
import { alertData, launchCampaign, openPagesMail } from './pages-mail.ts';

describe('pages', () => {
  let mail: Mail;
  let api: ScriptedTransport;
  let app: Express;

  before(async () => {
    const opened = await openPagesMail();
    ({ mail, api } = opened);
    app = opened.appAt('/');
  });
  after(() => mail.close());

  const page = async (path: string, status = 200): Promise<string> => {
    const { text } = await request(app)
      .get(path)
      .expect(status)
      .expect('Content-Type', /^text\/html/);
    return text;
  };
  const sendAlert = (to: string) =>
    mail.send({ template: 'operational-alert', to, data: alertData, tag: 'ops' }, { wait: true });

  it('say what to do while there is nothing to show', async () => {
    const overview = await page('/');
    expect(overview).to.include('All is well').and.include('No numbers yet').and.include('await mail.send(');
    expect(await page('/messages')).to.include('await mail.send(');
    expect(await page('/campaigns')).to.include('mail.campaigns.create(');
    expect(await page('/suppressions')).to.include('No addresses are suppressed');
    expect(await page('/reconciliations')).to.include('The worker runs one every night');
  });

  describe('about messages', () => {
    let delivered: string;
    let refused: string;

    before(async () => {
      ({ id: delivered } = await sendAlert('ada@example.com'));
      const [{ provider_message_id: MessageID }] = await testDatabase()('postlane_attempts').where({
        message_id: delivered,
      });
      await mail.receive('postmark', {
        ...providerSamples.Delivery,
        MessageID,
        Recipient: 'ada@example.com',
        DeliveredAt: new Date(Date.now() + 1_000).toISOString(),
      });
      api.answer(() => ({
        kind: 'rejected',
        code: 'postmark-300',
        answer: 'Refused for good',
        inactive: [],
      }));
      ({ id: refused } = await sendAlert('grace@example.com'));
    });

    it('count them by stream, chart them with a table beneath, and show the latest', async () => {
      await mail.work.rollUp();
      const overview = await page('/');
      const cells = [...overview.matchAll(/<td class="number">([^<]*)<\/td>/g)].map(([, cell]) => cell);
      // Accepted, sent, delivered, bounced, complained, failed.
      expect(cells.slice(0, 6)).to.deep.equal(['2', '1', '100%', '0%', '0%', '1']);
      expect(overview.match(/<figure class="card chart" data-chart="(count|share|ms)">/g)).to.have.length(6);
      expect(overview).to.match(/<td class="number" data-value="2">2<\/td>/);
      expect(overview).to.include('1 message failed permanently in the last 24 hours.');
      expect(await page('/?range=30d')).to.match(/range&#x3D;30d" aria-current="page"/);
      expect(idsIn(overview)).to.deep.equal([refused, delivered]);
    });

    it('tell the story of one, in order and with evidence', async () => {
      const html = await page(`/messages/${delivered}`);
      const steps = [...html.matchAll(/<li data-state="([a-z-]+)">/g)].map(([, what]) => what);
      expect(steps).to.deep.equal(['accepted', 'handed-over', 'answered', 'delivered']);
      expect(html).to.include('Accepted (postmark-0: OK)');
      expect(html).to.include('<q>250 2.0.0 accepted for delivery</q>');
      expect(html).to.match(
        /<time datetime="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z" data-local="second">\d+ \w+ \d{4}, /,
      );
    });

    it('show the decision that was kept with it, and the reason where there is one', async () => {
      const message = await mail.messages.get(refused);
      const html = await page(`/messages/${refused}`);
      expect(factsIn(html)).to.include({
        Category: 'alert',
        Stream: 'outbound',
        Transport: 'postmark-api',
        Bucket: `${message?.bucket} of 0 to 99`,
        Policy: 'version 1',
        Template: 'operational-alert version 1',
        Tag: 'ops',
      });
      expect(html).to.match(/<div class="note" data-state="failed">\s*<p>postmark-300: Refused for good</);
    });

    it('show the content in a frame without rights, and its text', async () => {
      const html = await page(`/messages/${delivered}`);
      expect(html).to.match(/<h1>\[warning\] checkout: Slow answers<\/h1>/);
      expect(html).to.include(`<iframe sandbox="" src="../messages/${delivered}/preview"`);
      expect(html).to.match(/<pre[^>]*>[^<]*It takes long\./);
      expect(await page(`/messages/${delivered}/preview`)).to.include('It takes long.');
    });

    it('say so when the content is gone', async () => {
      const { id } = await sendAlert('purged@example.com');
      await testDatabase()('postlane_message_contents').where({ message_id: id }).delete();
      expect(await page(`/messages/${id}`))
        .to.include('has been purged')
        .and.not.include('<iframe');
      await page(`/messages/${id}/preview`, 404);
    });

    it('say so when the content cannot be rendered', async () => {
      const { id } = await sendAlert('broken@example.com');
      const content = JSON.stringify({ to: [], data: { ...alertData, startedAt: 'never' } });
      await testDatabase()('postlane_message_contents').where({ message_id: id }).update({ content });
      expect(await page(`/messages/${id}`))
        .to.include('cannot be rendered')
        .and.not.include('<iframe');
    });

    it('answer 404 with a way back for what does not exist', async () => {
      for (const path of [
        '/messages/7',
        '/messages/00000000-0000-7000-8000-000000000000',
        `/messages/${delivered.toUpperCase()}`,
        '/messages/%ff',
        '/campaigns/x',
        '/campaigns/00000000-0000-7000-8000-000000000000',
        '/templates/none',
        '/templates/__proto__/preview',
        '/nowhere/at/all',
      ]) {
        expect(await page(path, 404), path).to.match(/<a class="button" href="(\.\.?\/)+[a-z]*">Back to /);
      }
    });
  });

  describe('as a list of messages', () => {
    let campaign: string;

    before(async () => {
      campaign = await launchCampaign(mail, 'Long list', 120);
    });

    it('page by cursor, newest first, each message once', async () => {
      const seen: string[] = [];
      let path: string | undefined = `/messages?campaignId=${campaign}`;
      let pages = 0;
      for (; path; pages += 1) {
        const html = await page(path);
        seen.push(...idsIn(html));
        const next = /rel="next" href="\.\/(messages[^"]+)"/.exec(html)?.[1];
        path = next && `/${next.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=')}`;
      }
      expect(pages).to.equal(3);
      expect(new Set(seen).size).to.equal(120);
      expect(seen).to.deep.equal([...seen].sort().reverse());
    });

    it('filter by recipient, template, state and campaign together', async () => {
      expect(recipientsIn(await page('/messages?recipient=%20ADA@example.com'))).to.deep.equal([
        'ada@example.com',
      ]);
      expect(recipientsIn(await page('/messages?state=failed'))).to.include('grace@example.com');
      expect(recipientsIn(await page('/messages?template=operational-alert&state=delivered'))).to.deep.equal([
        'ada@example.com',
      ]);
      const one = await page(`/messages?campaignId=${campaign}&recipient=reader-7@example.com&state=queued`);
      expect(recipientsIn(one)).to.deep.equal(['reader-7@example.com']);
      expect(one).to.include('Long list').and.include('<option selected>queued</option>');
    });

    it('ignore empty fields and say when nothing matches', async () => {
      expect(idsIn(await page('/messages?recipient=&template=&state='))).to.have.length(50);
      expect(await page('/messages?recipient=nobody@example.com')).to.include('No messages match');
      expect(await page(`/messages?cursor=00000000-0000-7000-8000-000000000000`)).to.include('End of list');
    });

    it('answer 422 in plain words to filters that cannot be', async () => {
      for (const [query, words] of [
        ['state=lost', 'The state must be one of queued,'],
        ['state=sent&state=failed', 'The state must be one of queued,'],
        ['cursor=7', 'no such page of this list'],
        ["cursor='%20OR%201=1", 'no such page of this list'],
        ['template=%F0%9F%92%8C', 'The template must be a key'],
        ['campaignId=x', 'no such campaign'],
        [`recipient=${'a'.repeat(300)}`, 'at most 254 characters'],
      ]) {
        expect(await page(`/messages?${query}`, 422), query).to.include(words);
      }
      await page('/suppressions?address=a&address=b', 422);
    });

    it('take any text as a recipient', async () => {
      for (const recipient of ['%\'_"\\', '\0', '\u{1F48C}', '\uFFFF']) {
        await page(`/messages?recipient=${encodeURIComponent(recipient)}`);
        await page(`/suppressions?address=${encodeURIComponent(recipient)}`);
      }
    });
  });
});

function idsIn(html: string): string[] {
  return [...html.matchAll(/<td class="main">\s*<a href="[^"]*messages\/([0-9a-f-]{36})"/g)].map(
    ([, id]) => id ?? '',
  );
}

function recipientsIn(html: string): string[] {
  return [...html.matchAll(/messages\/[0-9a-f-]{36}">([^<]*)<\/a>/g)].map(([, recipient]) => recipient ?? '');
}

/** What the lists of facts say, without markup. */
function factsIn(html: string): Record<string, string> {
  const facts = [...html.matchAll(/<dt>(.*?)<\/dt><dd>(.*?)<\/dd>/g)];
  return Object.fromEntries(facts.map(([, name = '', fact = '']) => [name, fact.replace(/<[^>]*>/g, '')]));
}
