import { expect } from 'chai';
import type { Express } from 'express';
import request from 'supertest';
import type { Mail } from '../../server/mail/index.ts';
import { postForm, visitForms } from '../support/forms.ts';
import { resetInput } from '../support/inputs.ts';
import { providerSamples } from '../support/provider-samples.ts';
import { openPagesMail } from './pages-mail.ts';

const link = 'https://shop.example/reset/1';

describe('pages about mail that is for its recipient alone', () => {
  let mail: Mail;
  let app: Express;
  let id: string;
  before(async () => {
    const opened = await openPagesMail();
    mail = opened.mail;
    app = opened.appAt('/');
    ({ id } = await mail.send(resetInput(), { wait: true }));
    const [attempt] = await mail.messages.attempts(id);
    const about = { Recipient: 'ada@mail.example', Metadata: { 'postlane-attempt': attempt?.id } };
    await mail.receivePostmark({ ...providerSamples.Click, ...about, OriginalLink: link });
  });
  after(() => mail.close());

  /** A page, which must not have the link, however it is written. */
  const page = async (path: string, status = 200): Promise<string> => {
    const { text } = await request(app).get(path).expect(status);
    expect(text).not.to.contain('/reset/1').and.not.contain('reset&#x2F;1');
    return text;
  };

  it('say so in the place of its content and of reports, and offer no copy', async () => {
    expect(await page(`/messages/${id}`))
      .to.contain('for its recipient alone')
      .and.not.contain('Send a copy');
    await page(`/messages/${id}/preview`, 404);
    const [event] = await mail.messages.events(id);
    expect(await page(`/messages/${id}/events/${event?.id}`)).to.contain('for its recipient alone');
    await postForm(app, `/messages/${id}/resend`, {}, await visitForms(app)).expect(303);
    expect((await mail.messages.find({ recipient: 'ada@mail.example' })).messages).to.have.length(1);
  });

  it('offer to try it again when it failed', async () => {
    await mail.db('messages').where({ id }).update({ state: 'failed' });
    expect(await page(`/messages/${id}`)).to.contain('Try again');
  });

  it('replay it with the sample, on both sides', async () => {
    const replay = '/templates/password-reset/replay';
    expect(await page(replay)).to.contain('samples stand in for their data');
    for (const side of ['sent', 'draft'])
      expect(await page(`${replay}/${id}/${side}`)).to.contain('https://www.example.com/password/reset');
  });
});
