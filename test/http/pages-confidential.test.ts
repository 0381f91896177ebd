import { expect } from 'chai';
import type { Express } from 'express';
import request from 'supertest';
import type { Mail } from '../../server/mail/index.ts';
import { testDatabase } from '../support/database.ts';
import { postForm, visitForms } from '../support/forms.ts';
import { resetInput } from '../support/inputs.ts';
import { providerSamples } from '../support/provider-samples.ts';
import { openPagesMail, type PagesMail } from './pages-mail.ts';
import { templateDesk } from './template-desk.ts';

const link = 'https://shop.example/reset/1';

describe('pages about mail that is for its recipient alone', () => {
  let opened: PagesMail;
  let mail: Mail;
  let app: Express;
  let id: string;
  before(async () => {
    opened = await openPagesMail();
    mail = opened.mail;
    app = opened.appAt('/');
    ({ id } = await mail.send(resetInput(), { wait: true }));
    const [attempt] = await mail.messages.attempts(id);
    const about = { Recipient: 'ada@mail.example', Metadata: { 'postlane-attempt': attempt?.id } };
    await mail.receive('postmark', { ...providerSamples.Click, ...about, OriginalLink: link });
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
    await testDatabase()('postlane_messages').where({ id }).update({ state: 'failed' });
    expect(await page(`/messages/${id}`)).to.contain('Retry');
  });

  it('replay it with the sample, on both sides', async () => {
    const replay = '/templates/password-reset/replay';
    expect(await page(replay)).to.contain('samples are used in place of their data');
    for (const side of ['sent', 'draft'])
      expect(await page(`${replay}/${id}/${side}`)).to.contain('https://www.example.com/password/reset');
  });

  it('take the mark of a template as part of a version, and give it up by review alone', async () => {
    const desk = templateDesk(mail, person => opened.appAt('/', person));
    const publisher = await desk.visit('publisher');
    const ref = { kind: 'template', key: 'receipt' } as const;
    const change = async (fields: Record<string, string>) => {
      await publisher.post('/receipt/draft', await desk.formOf('receipt', fields));
      const message = { revision: await desk.revisionOf('receipt'), message: 'm', acceptWarnings: 'yes' };
      expect((await publisher.get('/receipt/publication')).text).to.contain('Publish');
      expect((await publisher.post('/receipt/publication', message)).status).to.equal(303);
      return (await mail.templates.get(ref))?.published;
    };
    const marked = await change({ confidential: 'true' });
    expect([marked?.version, marked?.source.content.confidential]).to.deep.equal([2, true]);
    const { source } = await mail.templates.diff(ref, 1, 2);
    expect(source.map(({ part }) => part)).to.deep.equal(['confidential']);
    const audited = await mail.audit.list({ subject: 'template:receipt', action: 'template.publish' });
    expect((await mail.audit.get(audited.entries[0]?.id ?? ''))?.after).to.deep.include({
      confidential: 'true',
    });
    expect((await mail.templates.files.diff()).map(({ state }) => state)).to.deep.equal(['database']);
    const edited = await change({ confidential: '', description: 'Other.' });
    expect(edited?.source.content).to.deep.include({ description: 'Other.', confidential: true });
    expect((await publisher.get('/receipt')).text).to.contain('only be undone in');
  });
});
