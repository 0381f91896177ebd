import { expect } from 'chai';
import request from 'supertest';
import { MailError } from '../../server/mail/index.ts';
import { postForm, visitForms } from '../support/forms.ts';
import { newsletterData, usePages } from './pages-mail.ts';

describe('a campaign made on the pages', () => {
  const { pages, page, post } = usePages();

  const form = {
    name: 'May news',
    template: 'newsletter',
    topic: 'news',
    tag: 'may',
    sendAt: '',
    data: JSON.stringify(newsletterData),
  };
  const create = async (more = {}) => {
    const { headers } = await post('/campaigns', { ...form, ...more }).expect(303);
    return String(headers.location).replace('./campaigns/', '');
  };
  const upload = (id: string, csv: string, query = '') =>
    request(pages().app)
      .post(`/campaigns/${id}/recipients${query}`)
      .set('Cookie', pages().visit.cookie)
      .set('X-CSRF-Token', pages().visit.token)
      .set('Content-Type', 'text/csv')
      .send(csv);
  const numbersIn = (html: string) => [...html.matchAll(/<dd>([\d,]+)<\/dd>/g)].map(([, number]) => number);
  const audience = async (id: string) => (await pages().mail.campaigns.progress(id)).audience;

  it('begins with a form that keeps what was typed and says what to fix', async () => {
    const fields = { ...form, name: '', topic: 'No Topic', sendAt: 'soon', data: '{"a":' };
    const { text } = await post('/campaigns', fields).expect(422);
    for (const words of [
      'Fix 4 fields',
      'Give the campaign a name',
      'A topic may contain',
      'a time such as 2026',
      'not valid JSON',
    ]) {
      expect(text).to.include(words);
    }
    expect(text).to.include('value="No Topic"').and.include('{&quot;a&quot;:</textarea>');
    expect((await post('/campaigns', { ...form, template: 'receipt' }).expect(422)).text).to.include(
      'is transactional',
    );
    expect((await post('/campaigns', { ...form, template: 'gone' }).expect(422)).text).to.include(
      'no template gone',
    );
    expect(await page('/campaigns/new?template=newsletter')).to.match(/<option selected>newsletter</);
  });

  it('says when the template needs what no column can hold', async () => {
    const made = await post('/campaigns', { ...form, data: '' }).expect(303);
    const path = String(made.headers.location).replace(/^[./]+/, '/');
    expect(await page(path)).to.include('The template needs articles, which a column cannot hold');
    expect(await page(`/campaigns/${await create()}`)).not.to.include('a column cannot hold');
  });

  it('takes a list with a mark, semicolons, quoted breaks, duplicates and bad lines', async () => {
    const id = await create();
    const csv = [
      '\ufeffE-Mail;Name;Shoe size',
      'ada@mail.example;"Ada\nLovelace";38',
      'not an address;Bob;44',
      'ADA@mail.example;Ada again;38',
      'grace@mail.example;Grace;39;too;much',
      '',
      'alan@mail.example;Alan;41',
    ].join('\r\n');
    const refused = await upload(id, csv, '?faulty=refuse').expect(422);
    expect(refused.text)
      .to.include('Nobody was added')
      .and.match(/number">4<\/td>/);
    expect(await audience(id)).to.equal(0);

    const { text } = await upload(id, csv, '?faulty=take').expect(200);
    expect(numbersIn(text)).to.deep.equal(['5', '2', '1', '2']);
    expect([...text.matchAll(/<td class="number">(\d+)<\/td>/g)].map(([, line]) => line)).to.deep.equal([
      '4',
      '6',
    ]);
    expect(text)
      .to.include('It has 5 columns, but the first line names 3')
      .and.include('<code>Shoe size</code>');
    expect(await audience(id)).to.equal(2);
  });

  it('takes a pasted list without script, and columns as a person names them', async () => {
    const id = await create();
    const { text } = await post(`/campaigns/${id}/recipients`, {
      csv: 'email,name\nada@mail.example,Ada\n',
      faulty: 'take',
    }).expect(200);
    expect(numbersIn(text)).to.deep.equal(['1', '1', '0', '0']);
    const columns = encodeURIComponent(JSON.stringify({ Who: 'email' }));
    await upload(id, 'Who\ngrace@mail.example\n', `?columns=${columns}`).expect(200);
    expect(await audience(id)).to.equal(2);
    for (const [csv, words] of [
      ['', 'Choose a file or paste a list'],
      ['name\nAda\n', 'There is no column named email'],
      ['ada@mail.example\n', 'must name the columns'],
    ] as const) {
      expect((await post(`/campaigns/${id}/recipients`, { csv }).expect(422)).text).to.include(words);
    }
    await upload(id, 'email\na@mail.example\n', '?columns=%7B').expect(422);
  });

  it('takes a long list in flat memory', async () => {
    const id = await create();
    const lines = Array.from({ length: 20_000 }, (_, i) => `reader-${i}@mail.example,Reader ${i}`);
    const csv = ['email,name', ...lines].join('\n');
    const { text } = await upload(id, csv, '?progress=yes').expect(200);
    expect(numbersIn(text)).to.deep.equal(['20,000', '20,000', '0', '0']);
    const sent = [...text.matchAll(/^<!-- adding (0\.\d\d) -->$/gm)].map(([, share]) => share);
    expect(sent).to.have.length.above(3);
    expect(sent, 'how far it is, each further than the one before').to.deep.equal([...new Set(sent)].sort());
    expect(text.replace(/^(<!-- .* -->\n)+/, '')).to.match(/^<!doctype html>/i);
  });

  it('answers with a page what goes wrong after it has sent its progress', async () => {
    const id = await create();
    const lines = Array.from({ length: 8000 }, (_, i) => `reader-${i}@mail.example`);
    const { addRecipients } = pages().mail.campaigns;
    pages().mail.campaigns.addRecipients = async (one, recipients, options) => {
      await addRecipients(one, recipients, { ...options, checkOnly: true });
      throw new MailError('wrong-state', 'It was launched meanwhile.');
    };
    const { text } = await upload(id, ['email', ...lines].join('\n'), '?progress=yes').expect(200);
    pages().mail.campaigns.addRecipients = addRecipients;
    expect(text)
      .to.match(/^<!-- adding 0/)
      .and.include('It was launched meanwhile.')
      .and.include('</html>');
  });

  it('asks before it goes out, and shows who gets it', async () => {
    const id = await create();
    await pages().mail.suppressions.add('broadcast', 'no@mail.example', 'asked');
    await upload(id, 'email\nno@mail.example\n=cmd@mail.example\nada@mail.example\n').expect(200);
    expect(await page(`/campaigns/${id}/launch`))
      .to.include('<b>2 recipients</b>')
      .and.include('<dt>Suppressed</dt><dd>1</dd>');
    await post(`/campaigns/${id}/launch`, {}).expect(303);
    await pages().mail.work.expandCampaigns();
    await post(`/campaigns/${id}/pause`, {}).expect(303);
    expect(await page(`/campaigns/${id}`))
      .to.include('>Resume<')
      .and.include('held');
    await post(`/campaigns/${id}/resume`, {}).expect(303);
    await pages().mail.work.expandCampaigns();
    await pages().mail.work.deliverDue('bulk');
    await pages().mail.work.expandCampaigns();
    expect((await pages().mail.campaigns.get(id)).state).to.equal('done');

    const { text, headers } = await request(pages().app).get(`/campaigns/${id}/results.csv`).expect(200);
    expect(headers['content-disposition']).to.equal('attachment; filename="results.csv"');
    const rows = text.split('\r\n').map(row => row.split(',').slice(0, 3).join());
    expect(rows).to.deep.equal([
      '\ufeffemail,name,state',
      "'=cmd@mail.example,,sent",
      'ada@mail.example,,sent',
      'no@mail.example,,suppressed',
      '',
    ]);
    const { entries } = await pages().mail.audit.list({ subject: `campaign:${id}` });
    expect(entries.map(({ action }) => action.replace('campaign.', ''))).to.deep.equal([
      'resume',
      'pause',
      'launch',
      'add-recipients',
      'create',
    ]);
  });

  it('warns before the sample of the template goes out as if it were meant', async () => {
    const content = (await pages().mail.templates.get({ kind: 'template', key: 'newsletter' }))?.published
      ?.source.content;
    const { name: _, ...sample } = content?.sample ?? {};
    const words = 'still the template’s sample';
    for (const [data, warned] of [
      [sample, true],
      [newsletterData, false],
    ] as const) {
      const id = await create({ data: JSON.stringify(data) });
      await upload(id, 'email\nada@mail.example\n').expect(200);
      const pages = [await page(`/campaigns/${id}`), await page(`/campaigns/${id}/launch`)];
      expect(pages.map(text => text.includes(words))).to.deep.equal([warned, warned]);
    }
  });

  it('is a draft whose list can be started again, and can be cancelled', async () => {
    const id = await create();
    await upload(id, 'email\nada@mail.example\n').expect(200);
    await post(`/campaigns/${id}/clear`, {}).expect(303);
    expect(await audience(id)).to.equal(0);
    await post(`/campaigns/${id}/cancel`, {}).expect(303);
    expect((await pages().mail.campaigns.get(id)).state).to.equal('cancelled');
    expect((await upload(id, 'email\nada@mail.example\n').expect(422)).text).to.include(
      'cannot take recipients',
    );
  });

  it('is made by editors, launched by publishers', async () => {
    const id = await create();
    await upload(id, 'email\nada@mail.example\n').expect(200);
    const editor = pages().appAt('/', { id: 'host-2', name: 'Eve', role: 'editor' });
    const theirs = await visitForms(editor);
    expect((await request(editor).get(`/campaigns/${id}`).expect(200)).text).not.to.include('/launch"');
    await postForm(editor, `/campaigns/${id}/launch`, {}, theirs).expect(403);
    const viewer = pages().appAt('/', { id: 'host-3', name: 'Vera', role: 'viewer' });
    await request(viewer).get('/campaigns/new').expect(403);
    await postForm(viewer, '/campaigns', form, await visitForms(viewer)).expect(403);
  });
});
