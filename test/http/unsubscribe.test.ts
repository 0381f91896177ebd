import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect } from 'chai';
import type { RequestHandler } from 'express';
import request from 'supertest';
import { publicRouter } from '../../server/app.ts';
import { hostExpresses, hostWith } from '../support/host-middleware.ts';
import { type Link, openRecipientApp, type RecipientApp, whatIsKept } from './recipient-app.ts';

describe('the link to unsubscribe', () => {
  let at: RecipientApp;
  let people = 0;
  let address: string;
  before(async () => {
    at = await openRecipientApp();
  });
  beforeEach(() => {
    people += 1;
    address = `reader-${people}@mail.example`;
  });
  after(() => at.close());

  const isSubscribed = async (topic = 'newsletter') =>
    (await at.mail.consent.preferences(address, { also: [topic] })).topics.find(({ key }) => key === topic)
      ?.subscribed;
  const history = () => at.mail.consent.history(address);

  it('changes nothing by being looked at, as often as that is', async () => {
    const link = await at.mailTo(address);
    const before = await whatIsKept();
    for (const path of [link.unsubscribe, `${link.unsubscribe}/undo`, link.preferences]) {
      const { text, headers } = await request(at.app).get(path).expect(200);
      await request(at.app).head(path).expect(200);
      await request(at.app).options(path);
      expect(headers).to.include({
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'x-robots-tag': 'noindex',
      });
      expect(headers).not.to.have.property('set-cookie');
      expect(headers['content-security-policy']).to.match(/default-src 'none'.*form-action 'self'/);
      expect(text).to.include('The &quot;News&quot; &amp; &lt;more&gt;').and.not.to.include(address);
      expect(text).to.include('<header>Alder &amp; Finch</header>').and.to.include('#12766a');
    }
    expect(await whatIsKept()).to.deep.equal(before);
  });

  /** What mail programs post, and what else may come. */
  const bodies: Record<string, (link: string) => request.Test> = {
    'a form': link => request(at.app).post(link).type('form').send('List-Unsubscribe=One-Click'),
    multipart: link => request(at.app).post(link).field('List-Unsubscribe', 'One-Click'),
    nothing: link => request(at.app).post(link),
    'broken JSON': link => request(at.app).post(link).type('json').send('{'),
    'a form that says undo': link => request(at.app).post(link).type('form').send('undo=1&_method=DELETE'),
    'an unknown type': link =>
      request(at.app).post(link).type('application/x-odd; charset=nonsense').send('x'),
    'a broken multipart': link => request(at.app).post(link).type('multipart/form-data').send('--'),
    '300 kB with a cookie': link =>
      request(at.app).post(link).set('Cookie', 'sid=1').type('text').send('x'.repeat(300_000)),
  };
  for (const [name, post] of Object.entries(bodies))
    it(`unsubscribes by one click with ${name}, at once and without a redirect`, async () => {
      const { id, unsubscribe } = await at.mailTo(address);
      const { status, text, headers } = await post(unsubscribe);
      expect(status).to.equal(200);
      expect(headers).not.to.have.property('set-cookie');
      expect(text).to.include('You are unsubscribed').and.to.include('subscribe again');
      expect(await isSubscribed()).to.equal(false);
      const [said, ...rest] = await history();
      expect(rest).to.deep.equal([]);
      expect(said).to.deep.include({ source: 'person', granted: false, wording: null });
      expect(said?.evidence).to.equal(`Unsubscribed by one click, by the link in message ${id}`);
    });

  for (const [version, make] of Object.entries(hostExpresses))
    it(`works behind what reads bodies in a host with ${version}`, async () => {
      const parsers: RequestHandler[][] = [
        [make.json(), make.urlencoded({ extended: true })],
        [make.raw({ type: () => true })],
        [make.text({ type: () => true })],
      ];
      for (const [index, before] of parsers.entries()) {
        address = `host-${index}-${make === hostExpresses['Express 4'] ? 4 : 5}@mail.example`;
        const app = hostWith(make, before, publicRouter(at.mail));
        const { unsubscribe } = await at.mailTo(address);
        await request(app).post(unsubscribe).type('form').send('List-Unsubscribe=One-Click').expect(200);
        expect(await isSubscribed(), String(index)).to.equal(false);
      }
    });

  it('hears somebody who closes the connection, or who sends what is no body', async () => {
    const server: Server = createServer(at.app).listen(0);
    try {
      const { port } = server.address() as AddressInfo;
      const { unsubscribe } = await at.mailTo(address);
      const answer = await new Promise<string>((resolve, reject) => {
        const socket = connect(port, '127.0.0.1');
        let heard = '';
        socket
          .on('data', data => (heard += data))
          .on('end', () => resolve(heard))
          .on('error', reject);
        socket.write(
          `POST ${unsubscribe} HTTP/1.0\r\nHost: shop.example\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nab`,
        );
        // Fewer bytes than were promised.
        socket.end();
      });
      expect(answer).to.match(/^HTTP\/1.1 (200|400)/);
      await request(server).post(unsubscribe).expect(200);
      expect(await isSubscribed()).to.equal(false);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  it('is idempotent, also when ten come at once, and says it again to who looks', async () => {
    const { unsubscribe } = await at.mailTo(address);
    const answers = await Promise.all(Array.from({ length: 10 }, () => request(at.app).post(unsubscribe)));
    expect(new Set(answers.map(({ status }) => status))).to.deep.equal(new Set([200]));
    expect((await at.mail.consent.list(address)).map(({ granted }) => granted)).to.deep.equal([false]);
    const before = await history();
    await request(at.app).post(unsubscribe).expect(200);
    expect(await history()).to.deep.equal(before);
    const { text } = await request(at.app).get(unsubscribe).expect(200);
    expect(text).to.include('You are unsubscribed').and.to.include('“The &quot;News&quot;');
  });

  it('keeps what the page said, in its language, when its button is pressed', async () => {
    const { id, unsubscribe } = await at.mailTo(address, { locale: 'nl-BE' });
    const page = await request(at.app).get(unsubscribe).set('Accept-Language', 'de').expect(200);
    expect(page.text).to.include('lang="nl"').and.to.include('Het nieuws');
    const [, action = ''] = /action="([^"]+)"/.exec(page.text) ?? [];
    const path = new URL(action.replaceAll('&amp;', '&').replaceAll('&#x3D;', '='), `http://x${unsubscribe}`);
    await request(at.app)
      .post(path.pathname + path.search)
      .expect(200);
    const [said] = await history();
    expect(said).to.deep.include({ locale: 'nl', granted: false });
    expect(said?.wording).to.include('Wilt u “Het nieuws” niet meer ontvangen?');
    expect(said?.evidence).to.equal(`Unsubscribed on the page of the link in message ${id}`);
    expect((await request(at.app).get(`${unsubscribe}?lang=fr`)).text).to.include('lang="fr"');
    expect((await request(at.app).get(`${unsubscribe}?lang[]=fr&lang=xx`)).status).to.equal(200);
  });

  it('leads to its own pages from wherever it is asked for', async () => {
    const { unsubscribe, preferences } = await at.mailTo(address);
    for (const page of [unsubscribe, `${unsubscribe}/`, `${unsubscribe}/undo`, `${unsubscribe}/undo/`]) {
      const { text } = await request(at.app).get(page).expect(200);
      const ways = [...text.matchAll(/ (?:href|action)="([^"?]+)/g)].map(([, way = '']) => way);
      const reached = new Set(ways.map(way => new URL(way, `http://x${page}`).pathname));
      expect(reached, page).to.deep.equal(new Set([unsubscribe, preferences]));
    }
  });

  it('is taken back by the button for that, also of a topic with double opt-in', async () => {
    for (const topic of ['newsletter', 'club']) {
      await at.mail.consent.record({ topic, address, granted: true, source: 'person', confirmed: true });
      const { unsubscribe } = await at.mailTo(address, { topic });
      const done = await request(at.app).post(unsubscribe).expect(200);
      expect(await isSubscribed(topic)).to.equal(false);
      const [, action = ''] = /action="([^"]+)"/.exec(done.text) ?? [];
      const { pathname } = new URL(action, `http://x${unsubscribe}`);
      expect(pathname).to.equal(`${unsubscribe}/undo`);
      expect((await request(at.app).post(pathname).expect(200)).text).to.include('You are subscribed again');
      expect((await request(at.app).post(pathname).expect(200)).text).to.include('You are subscribed again');
      expect(await isSubscribed(topic)).to.equal(true);
    }
  });

  it('says in words what still stops mail that was asked for again, without anybody’s notes', async () => {
    const { unsubscribe } = await at.mailTo(address);
    await request(at.app).post(unsubscribe);
    await at.mail.suppressions.add({ address, scope: 'bulk', source: 'operator', note: 'rude on the phone' });
    const { text } = await request(at.app).post(`${unsubscribe}/undo`).expect(200);
    expect(text).to.include('something stops it').and.to.include('turned this mail off');
    expect(text).not.to.include('rude').and.not.to.include('operator');
    await at.mail.suppressions.lift({ address, scope: 'bulk', source: 'operator' }, 'apologised');
    await at.mail.consent.setPreferences(address, { nonEssential: true });
    expect((await request(at.app).post(`${unsubscribe}/undo`)).text).to.include('essential mail only');
  });

  it('of mail on no topic leads to the preferences, and unsubscribes from all bulk by one click', async () => {
    const { unsubscribe } = await at.mailTo(address, { template: 'receipt' });
    const page = (await request(at.app).get(unsubscribe).expect(200)).text;
    expect(page).to.include('not a newsletter').and.to.include('/preferences/').and.not.to.include('<button');
    await request(at.app).post(unsubscribe).expect(200);
    expect((await at.mail.consent.preferences(address)).allBulk).to.equal(true);
    expect((await request(at.app).get(unsubscribe)).text).to.include('newsletters or offers from us');
    await request(at.app).post(`${unsubscribe}/undo`).expect(200);
    expect((await at.mail.consent.preferences(address)).allBulk).to.equal(false);
  });

  it('works of a topic that was archived since, which nobody comes back to', async () => {
    await at.mail.topics.save('old-news', { name: 'Old news' });
    const { unsubscribe } = await at.mailTo(address, { topic: 'old-news' });
    await at.mail.topics.archive('old-news');
    const { text } = await request(at.app).post(unsubscribe).expect(200);
    expect(text).to.include('“Old news”').and.not.to.include('subscribe again');
    expect((await request(at.app).get(unsubscribe)).text).to.include('You are unsubscribed');
    await request(at.app).post(`${unsubscribe}/undo`).expect(410);
    expect((await history()).map(({ granted }) => granted)).to.deep.equal([false]);
  });

  it('takes one-click requests of many people from one address, and of one link no flood', async () => {
    const { unsubscribe } = await at.mailTo(address);
    const ofOne = await Promise.all(Array.from({ length: 40 }, () => request(at.app).post(unsubscribe)));
    expect(ofOne.filter(({ status }) => status === 429)).to.have.length(10);
    const posts = Array.from({ length: 310 }, (_, i) =>
      request(at.app).post(`/mail/unsubscribe/nobody-${i}`),
    );
    const statuses = (await Promise.all(posts)).map(({ status }) => status);
    expect(new Set(statuses)).to.deep.equal(new Set([404]));
    const other: Link = await at.mailTo(`other-${address}`);
    await request(at.app).post(other.unsubscribe).expect(200);
  });
});
