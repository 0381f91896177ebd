import { expect } from 'chai';
import express from 'express';
import request from 'supertest';
import { publicRouter } from '../../server/app.ts';
import type { Mail } from '../../server/mail/index.ts';
import { openMail } from '../support/mail.ts';
import { accept, createScriptedTransport } from '../support/scripted-transport.ts';
import { until } from '../support/until.ts';

describe('the link that confirms a subscription', () => {
  const api = createScriptedTransport('postmark-api', accept);
  let mail: Mail;
  let now: Date;
  const app = express();

  before(async () => {
    now = new Date();
    mail = await openMail({
      transports: [api],
      now: () => now,
      publicUrl: 'https://shop.example/mail',
      secretKeys: ['a key of the tests, 32 characters or more'],
    });
    await mail.topics.save('club', {
      name: 'Tea & <Club>',
      doubleOptIn: true,
      translations: { nl: { name: 'Theeclub' } },
    });
    app.use('/mail', publicRouter(mail));
  });
  after(() => mail.close());

  const subscribed = async (address: string) =>
    (await mail.consent.preferences(address)).topics.find(({ key }) => key === 'club');
  const linkFor = async (address: string, locale?: string) => {
    await mail.consent.record({ topic: 'club', address, granted: true, source: 'person', locale });
    const text = () => api.given.find(({ to }) => to.email === address)?.text ?? '';
    await until('its mail', () => text() !== '' || 'none');
    return /https:\/\/shop\.example(\/mail\/confirm\/[\w.-]+)/.exec(text())?.[1] ?? '';
  };

  it('changes nothing by being looked at, and confirms by its button, without cookies and as often as it is pressed', async () => {
    const link = await linkFor('ada@mail.example');
    for (const ask of [request(app).get(link), request(app).head(link), request(app).get(link)])
      await ask.expect(200);
    const { text, headers } = await request(app).get(link);
    expect(text)
      .to.include('Tea &amp; &lt;Club&gt;')
      .and.to.include('<form method="post">')
      .and.to.include('lang="en"');
    expect(text).not.to.include('ada@mail.example');
    expect(headers).to.include({
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'x-robots-tag': 'noindex',
    });
    expect(headers).not.to.have.property('set-cookie');
    expect(headers['content-security-policy']).to.match(/default-src 'none'.*form-action 'self'/);
    expect(await subscribed('ada@mail.example')).to.include({ subscribed: false, pending: true });

    for (const post of [
      request(app).post(link),
      request(app).post(link).type('form').send('a=1'),
      request(app).post(link).type('json').send('{'),
      request(app).post(link).field('List-Unsubscribe', 'One-Click'),
    ])
      expect((await post.expect(200)).text)
        .to.include('You are subscribed')
        .and.not.to.include('<form');
    expect(await subscribed('ada@mail.example')).to.include({ subscribed: true, pending: false });
  });

  it('speaks the language of its mail, else of the browser', async () => {
    const link = await linkFor('bob@mail.example', 'nl-BE');
    const { text } = await request(app).get(link).set('Accept-Language', 'de');
    expect(text).to.include('lang="nl"').and.to.include('Theeclub').and.to.include('Bevestigen');
    const unknown = await request(app)
      .get('/mail/confirm/x')
      .set('Accept-Language', 'fr-CA, en;q=0.5')
      .expect(404);
    expect(unknown.text).to.include('lang="fr"').and.to.include('Ce lien est inconnu');
  });

  it('says in words that it is too old, or none of ours', async () => {
    const link = await linkFor('eve@mail.example');
    now = new Date(now.getTime() + 8 * 24 * 3_600_000);
    expect((await request(app).post(link).expect(410)).text).to.include('no longer valid');
    expect((await subscribed('eve@mail.example'))?.subscribed).to.equal(false);
    for (const token of [
      'x',
      `${link.slice('/mail/confirm/'.length)}x`,
      '%00',
      'a'.repeat(5_000),
      '..%2f..',
      '%3Cscript%3E',
    ])
      for (const ask of [
        request(app).get(`/mail/confirm/${token}`),
        request(app).post(`/mail/confirm/${token}`),
      ])
        expect((await ask).text, token)
          .to.include('This link is not known')
          .and.not.to.include('<script');
    await request(app).get('/mail/confirm/%ff').expect(400);
  });

  it('takes no more than a minute’s worth from one address', async () => {
    const answers = await Promise.all(Array.from({ length: 70 }, () => request(app).get('/mail/confirm/x')));
    expect(answers.map(({ status }) => status)).to.include(429);
  });
});
