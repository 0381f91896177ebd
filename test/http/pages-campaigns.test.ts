import { expect } from 'chai';
import type { Express } from 'express';
import request from 'supertest';
import type { Mail } from '../../server/mail/index.ts';
import { testDatabase } from '../support/database.ts';
import { postForm, visitForms } from '../support/forms.ts';
import { launchCampaign, newsletterData, openPagesMail } from './pages-mail.ts';

describe('pages about campaigns, suppressions and reconciliations', () => {
  let mail: Mail;
  let app: Express;

  before(async () => {
    const opened = await openPagesMail();
    ({ mail } = opened);
    app = opened.appAt('/');
    // Everything is accepted except what is refused: reader 0.
    opened.smtp.answer(({ to }) =>
      to.email.startsWith('reader-0@')
        ? { kind: 'rejected', code: 'smtp-550', answer: 'no', inactive: [] }
        : { kind: 'accepted', code: 'smtp-250', answer: 'OK', providerMessageId: null },
    );
  });
  after(() => mail.close());

  const page = async (path: string, status = 200): Promise<string> =>
    (await request(app).get(path).expect(status)).text;

  it('plan a draft', async () => {
    const { id } = await mail.campaigns.create({
      name: 'Draft',
      template: 'newsletter',
      data: newsletterData,
    });
    expect(await page(`/campaigns/${id}`)).to.include('No recipients yet');
    await mail.suppressions.add('broadcast', 'b@example.com', 'asked by phone');
    await mail.campaigns.addRecipients(
      id,
      ['a', 'b', 'c'].map(name => ({ email: `${name}@example.com` })),
    );
    const html = await page(`/campaigns/${id}`);
    expect(html).to.include('<dt>Audience</dt><dd>3</dd>');
    expect(html).to.include('<dt>Will receive it</dt><dd>2</dd>');
    expect(html).to.include('<dt>Suppressed</dt><dd>1</dd>');
    expect(html).not.to.include('data-live');
  });

  it('follow a campaign from its launch to its end', async () => {
    const id = await launchCampaign(mail, 'Live', 8);
    const path = `/campaigns/${id}`;

    const sending = await page(path);
    expect(sending)
      .to.match(/id="progress" data-live="3"/)
      .and.to.include('assets/live.js');
    expect(sending).to.match(/<b>0%<\/b> done: 0 of 8 recipients; 8 waiting to be sent/);
    expect(await page('/'))
      .to.include('Running campaigns')
      .and.include('Live');

    await mail.work.deliverDue('bulk');
    await mail.work.expandCampaigns();
    const done = await page(path);
    expect(done).not.to.include('data-live');
    expect(done).to.match(/<b>100%<\/b> done: 8 of 8 recipients/);
    expect(done).to.include('<rect x="0" y="0" width="87.5" height="1" data-state="sent"/>');
    expect(done).to.include(`messages?campaignId&#x3D;${id}&amp;state&#x3D;failed`);
    expect(await page('/')).not.to.include('Running campaigns');
    expect(await page('/campaigns')).to.include('data-state="done"');
  });

  it('say of each state what its messages wait for', async () => {
    const id = await launchCampaign(mail, 'Stopped', 4);
    await mail.campaigns.pause(id, { by: 'ada' });
    const paused = await page(`/campaigns/${id}`);
    expect(paused).to.include('0 of 4 recipients; 4 held').and.not.include('data-live');
    const list = await page('/campaigns');
    expect(list)
      .to.include('Paused campaigns')
      .and.not.match(/Running campaigns|data-live|being sent/);
    await mail.campaigns.cancel(id, { by: 'ada' });
    const later = { template: 'newsletter', data: newsletterData, sendAt: new Date(Date.now() + 86_400_000) };
    const waits = await mail.campaigns.create({ name: 'Tomorrow', ...later });
    await mail.campaigns.addRecipients(waits.id, [{ email: 'a@example.com' }]);
    await mail.campaigns.launch(waits.id);
    expect(await page('/campaigns')).to.match(/Scheduled campaigns[^§]*; 1 scheduled/);
    await mail.campaigns.cancel(waits.id, { by: 'ada' });
  });

  it('begin the shared data of a new one with the sample of its template', async () => {
    const form = await page('/campaigns/new?template=newsletter');
    expect(form).to.include('November, when the kiln stays warm').and.not.include('Imani');
    expect(await page('/campaigns/new')).not.to.include('kiln');
    const visit = await visitForms(app);
    const typed = { name: 'June', template: 'product-announcement', data: 'mine', fill: 'yes' };
    const { text } = await postForm(app, '/campaigns', typed, visit).expect(200);
    expect(text).to.include('Tidewater').and.include('value="June"');
  });

  it('find a suppressed address', async () => {
    expect(await page('/suppressions')).to.include('asked by phone');
    expect(await page('/suppressions?address=B@example.com')).to.include('asked by phone');
    expect(await page('/suppressions?address=a@example.com')).to.include('a@example.com is not suppressed');
  });

  it('show reconciliations, and put a problem of the last one on the first page', async () => {
    const at = '2026-05-05 02:00:00.000';
    await testDatabase()('postlane_reconciliations').insert([
      { day: '2026-05-03', stream: 'outbound', started_at: at, finished_at: at, problem: 'long over' },
      { day: '2026-05-04', stream: 'broadcast', started_at: at },
      { day: '2026-05-04', stream: 'inbox', started_at: at, finished_at: at, problem: 'no answer' },
      {
        day: '2026-05-04',
        stream: 'outbound',
        started_at: at,
        finished_at: at,
        bounces_seen: 12,
        bounces_repaired: 3,
      },
    ]);
    const list = await page('/reconciliations');
    expect(list).to.include('>running<').and.include('>incomplete<').and.include('>complete<');
    expect(list).to.match(/12 <small>3 missed/);
    expect((await page('/')).match(/could not be reconciled for [^<]*/g)).to.deep.equal([
      'could not be reconciled for 2026-05-04: no answer',
    ]);
    const day = await page('/reconciliations/2026-05-04');
    expect(day).to.include('no answer It is tried again').and.include('Nothing was missing.');
    await page('/reconciliations/2026-05-09', 404);
    await page('/reconciliations/never', 404);
    await page('/reconciliations?before=never', 422);
  });

  it('page through reconciliations by whole days', async () => {
    const nights = Array.from({ length: 250 }, (_, i) => ({
      day: new Date(Date.UTC(2020, 0, 1 + Math.floor(i / 3))).toISOString().slice(0, 10),
      stream: `stream-${i % 3}`,
      started_at: '2026-05-05',
    }));
    await testDatabase()('postlane_reconciliations').insert(nights);
    const seen: string[] = [];
    for (let path: string | undefined = '/reconciliations'; path; ) {
      const text: string = await page(path);
      seen.push(...[...text.matchAll(/stream-\d/g)].map(([stream]) => stream));
      const [, query]: string[] = /reconciliations(\?before=[\d-]+|\?before&#x3D;[\d-]+)"/.exec(text) ?? [];
      path = query && `/reconciliations${query.replace('&#x3D;', '=')}`;
    }
    expect(seen).to.have.length(nights.length);
  });
});
