import { expect } from 'chai';
import request from 'supertest';
import { noticeIn, useTemplateDesk } from './template-desk.ts';

describe('pages about templates, given what cannot be', () => {
  const { pages, visit, revisionOf, formOf } = useTemplateDesk();

  it('answer a template that does not parse with the line', async () => {
    const visitor = await visit('editor');
    const form = await formOf('newsletter', { 'locales[default][html]': '<p>\n{{#if issue}}\n</p>' });
    const { body } = await visitor.send('/newsletter/preview', form);
    expect(body.mail).to.equal(null);
    const [issue] = body.issues;
    expect(issue).to.include({ severity: 'error', field: 'locales[default][html]' });
    expect(issue.line).to.be.within(1, 3);
  });

  it('answer a partial that includes itself', async () => {
    const visitor = await visit('editor');
    const view = await pages().mail.templates.get({ kind: 'partial', key: 'button' });
    const { body } = await visitor.send('/partial:button/preview', {
      'locales[default][html]': '{{> button}}',
      'locales[default][text]': '{{url}}',
      'show[template]': 'password-reset',
      revision: String(view?.revision),
    });
    expect(body.mail).to.equal(null);
    expect(JSON.stringify(body)).to.match(/itself/);
  });

  it('answer 5 MB of HTML with its size, and more with a plain no', async () => {
    const visitor = await visit('editor');
    const tooMuch = await formOf('newsletter', { 'locales[default][html]': 'a'.repeat(5.3 * 1024 * 1024) });
    const answer = await visitor.send('/newsletter/draft', tooMuch);
    expect(answer.status).to.equal(413);
    expect(answer.body.message).to.match(/This is 5\.3 MB; a template may have 5 MB/);
    const farTooMuch = { ...tooMuch, 'locales[default][html]': 'a'.repeat(7 * 1024 * 1024) };
    expect((await visitor.send('/newsletter/draft', farTooMuch)).status).to.equal(413);
  });

  it('answer sample data that is no JSON with the form as it was typed', async () => {
    const visitor = await visit('editor');
    const answer = await visitor.post(
      '/newsletter/draft',
      await formOf('newsletter', { sample: '{ "issue": ' }),
    );
    expect(answer.status).to.equal(422);
    expect(answer.text).to.include('The data is not valid JSON').and.include('{ &quot;issue&quot;: ');
  });

  it('show the second of two who save at once what the first wrote', async () => {
    const [grace, ada] = [await visit('editor', 'grace'), await visit('editor', 'ada')];
    const form = await formOf('operational-alert', {});
    expect(
      (await grace.send('/operational-alert/draft', { ...form, 'locales[default][subject]': 'G' })).status,
    ).to.equal(200);
    const mine = { ...form, 'locales[default][subject]': 'A' };
    expect((await ada.send('/operational-alert/draft', mine)).status).to.equal(409);
    const page = await ada.post('/operational-alert/draft', mine);
    expect(page.status).to.equal(409);
    expect(page.text)
      .to.include('Nothing is lost')
      .and.match(/data-theirs[^>]*>\nG</)
      .and.match(/data-mine>\nA</);
  });

  it('publish for the first of two who do so at once, and tell the second', async () => {
    const editor = await visit('editor');
    await editor.post(
      '/password-reset/draft',
      await formOf('password-reset', { 'locales[default][subject]': 'Choose a new password' }),
    );
    const revision = await revisionOf('password-reset');
    const fields = { revision, message: 'Clearer', acceptWarnings: 'yes' };
    const [first, second] = [await visit('publisher', 'one'), await visit('publisher', 'two')];
    const answers = await Promise.all(
      [first, second].map(one => one.post('/password-reset/publication', fields)),
    );
    expect(answers.map(({ status }) => status)).to.deep.equal([303, 303]);
    const cookies = answers.map(({ headers }) => noticeIn(headers['set-cookie'] as unknown as string[]));
    expect(cookies.sort()).to.deep.equal([
      'Somebody published or discarded this draft in the meantime.',
      'Version 2 is published.',
    ]);
    // What is compared most is chosen already: the last two.
    const { text } = await editor.get('/password-reset/history');
    expect([...text.matchAll(/value="([^"]+)" selected/g)].map(([, pick]) => pick)).to.deep.equal(['1', '2']);
  });

  it('refuse a forged form', async () => {
    const answer = await request(pages().appAt('/'))
      .post('/templates/receipt/draft')
      .type('form')
      .send({ revision: '1' });
    expect(answer.status).to.equal(403);
  });

  it('say that there is no such template, version or page', async () => {
    const visitor = await visit();
    for (const path of ['/nothing', '/thing:default', '/receipt/versions/99', '/receipt/diff?from=1&to=99'])
      expect((await visitor.get(path)).status, path).to.equal(404);
  });
  // Threads that render are started here, which takes long where every core is busy.
}).timeout(60_000);
