import { expect } from 'chai';
import { emptyDirectory } from '../../server/admin/access/directory.ts';
import type { Page } from '../../server/admin/page.ts';
import { recipientProblem } from '../../server/admin/templates/test-recipients.ts';
import { upgradeInput } from '../support/inputs.ts';
import { fieldsIn, useTemplateDesk } from './template-desk.ts';

describe('pages about templates', () => {
  const { pages, visit, revisionOf, formOf } = useTemplateDesk();

  it('list what there is by kind, and find words in it', async () => {
    const visitor = await visit();
    const list = await visitor.get('/');
    expect(list.status).to.equal(200);
    expect(list.text)
      .to.include('>newsletter</a>')
      .and.include('version 1')
      .and.include('the template files');
    expect((await visitor.get('?kind=layout')).text)
      .to.include('layout%3Adefault')
      .and.match(/\d+ templates/);
    expect((await visitor.get('?kind=partial&q=butt')).text)
      .to.include('>button</a>')
      .and.not.include('>fact</a>');
    const none = await visitor.get(`?q=${encodeURIComponent(`%_'"`)}`);
    expect(none.status).to.equal(200);
    expect(none.text).to.include('No matches').and.include('value="%_&#x27;&quot;"');
  });

  it('store the whole form and give back what was stored', async () => {
    const visitor = await visit('editor');
    const form = await formOf('receipt', { 'locales[default][subject]': 'Paid: {{x}}\r\n' });
    const answer = await visitor.post('/receipt/draft', form);
    expect(answer.status).to.equal(303);
    const view = await pages().mail.templates.get({ kind: 'template', key: 'receipt' });
    const { draft, published } = view ?? {};
    expect(draft?.source.content).to.have.nested.property('locales.default.subject', 'Paid: {{x}}\n');
    // All the rest is as it was: the form is no lossy copy of the source.
    const { locales, ...rest } = draft?.source.content ?? {};
    const { locales: before, ...restBefore } = published?.source.content ?? {};
    expect(rest).to.deep.equal(restBefore);
    expect((locales as typeof before)?.default.html).to.equal(before?.default.html);
  });

  it('make no draft of a form that changes nothing', async () => {
    const visitor = await visit('editor');
    // The second has line breaks in its sample, which a line of the table cannot show.
    // The third is secret, which a box that cannot be changed says.
    for (const key of ['order-shipped', 'order-confirmation', 'password-reset']) {
      const answer = await visitor.send(`/${key}/draft`, await formOf(key, {}));
      expect(answer.status).to.equal(200);
      expect((await pages().mail.templates.get({ kind: 'template', key }))?.draft, key).to.equal(null);
    }
  });

  it('add and remove languages, keeping what was typed', async () => {
    const visitor = await visit('editor');
    const form = await formOf('order-shipped', {
      'locales[default][subject]': 'On its way',
      newLanguage: 'nl',
      next: 'add-language',
    });
    const answer = await visitor.post('/order-shipped/draft', form);
    expect(answer.headers.location).to.match(/order-shipped\?locale=nl$/);
    const page = await visitor.get('/order-shipped?locale=nl');
    expect(page.text).to.include('Dutch').and.include('locales[nl][html]');
    const content = (await pages().mail.templates.get({ kind: 'template', key: 'order-shipped' }))?.draft
      ?.source.content;
    expect(content).to.have.nested.property('locales.nl.subject', 'On its way');
    const again = await formOf('order-shipped', { newLanguage: 'no language', next: 'add-language' });
    const refused = await visitor.post('/order-shipped/draft', again);
    expect(refused.status).to.equal(422);
    expect(refused.text).to.include('a language like nl or nl-BE').and.include('name="locales[nl][html]"');
  });

  it('save sample data and show it, or say why not and keep what was typed', async () => {
    const visitor = await visit('editor');
    const post = async (json: string) =>
      visitor.post(
        '/email-verification/draft',
        await formOf('email-verification', {
          ...{
            next: 'save-sample-data',
            'sampleData[name]': 'Nobody',
            'sampleData[locale]': 'NL',
            'sampleData[data]': json,
          },
        }),
      );
    const refused = await post('{ "name": ');
    expect(refused.status).to.equal(422);
    expect(refused.text).to.include('The sample data was not saved').and.include('{ &quot;name&quot;: ');
    expect(refused.text).to.match(/data-tab="Samples"[^>]* data-opens/);
    const saved = await post('{ "code": "000000" }');
    expect(saved.headers.location).to.match(/email-verification\?sampleData=[\w-]+$/);
    const { text } = await visitor.get(
      `/email-verification${new URL(saved.headers.location ?? '', 'http://x').search}`,
    );
    expect(text).to.match(/<option value="sample-data:[\w-]+" selected>Nobody, Dutch/);
    const remove = /remove-sample-data:[\w-]+/.exec(text)?.[0] ?? '';
    await visitor.post('/email-verification/draft', await formOf('email-verification', { next: remove }));
    expect((await visitor.get('/email-verification')).text).to.not.include('Nobody');
  });

  it('send a test, marked as one and no message; a refused one keeps its address', async () => {
    const visitor = await visit('editor');
    const before = pages().api.given.length;
    const test = async (testTo: string) =>
      visitor.post(
        '/loyalty-tier-upgrade/draft',
        await formOf('loyalty-tier-upgrade', { next: 'test', testTo }),
      );
    const refused = await test('nobody at home');
    expect(refused.status).to.equal(422);
    expect(refused.text).to.include('The test was not sent').and.include('value="nobody at home"');
    expect((await test('Editor@shop.example')).status).to.equal(303);
    const [sent, ...more] = pages().api.given.slice(before);
    expect(more).to.deep.equal([]);
    expect(sent?.subject).to.match(/^\[Test\] /);
    expect((await pages().mail.messages.find({ recipient: 'editor@shop.example' })).messages).to.deep.equal(
      [],
    );
  });

  it('send the tests of editors to themselves alone, and those of publishers to anybody', async () => {
    const before = pages().api.given.length;
    const test = async (role: 'editor' | 'publisher', testTo: string) => {
      const visitor = await visit(role);
      return visitor.post(
        '/email-verification/draft',
        await formOf('email-verification', { next: 'test', testTo }),
      );
    };
    for (const stranger of ['stranger@mail.example', 'Editor <editor@shop.example>, x@mail.example']) {
      const refused = await test('editor', stranger);
      expect(refused.status).to.equal(422);
      expect(refused.text).to.include('you can send tests to your own address, editor@shop.example');
    }
    expect(pages().api.given).to.have.length(before);
    const taken = await test('publisher', 'stranger@mail.example');
    expect(taken.status, /role="alert">.*/.exec(taken.text)?.[0]).to.equal(303);
    expect(pages().api.given).to.have.length(before + 1);
  });

  it('send the tests of editors to colleagues, and say so to somebody without an address', async () => {
    const page = (email: string | undefined): Page =>
      ({
        person: { id: 'e', name: 'E', role: 'editor', email },
        by: 'e',
        directory: { ...emptyDirectory, canSignIn: async to => to === 'ada@shop.example' },
      }) as Partial<Page> as Page;
    expect(await recipientProblem(page('e@shop.example'), 'ada@shop.example')).to.equal(null);
    expect(await recipientProblem(page(undefined), 'ada@shop.example')).to.equal(null);
    expect(await recipientProblem(page(undefined), 'bob@shop.example')).to.match(/not known here/);
  });

  it('show in a replay what the draft makes of real mail, beside it', async () => {
    const visitor = await visit('publisher');
    const { id } = await pages().mail.send(upgradeInput(), { wait: true });
    await visitor.post(
      '/loyalty-tier-upgrade/draft',
      await formOf('loyalty-tier-upgrade', { 'locales[default][html]': '<p>Quite other: {{actionUrl}}</p>' }),
    );
    const page = await visitor.get('/loyalty-tier-upgrade/replay');
    expect(page.text).to.include('1 difference').and.include('<ins>').and.include(`replay/${id}/sent`);
    expect((await visitor.get(`/loyalty-tier-upgrade/replay/${id}/sent`)).text).to.not.include('Quite other');
    const draft = await visitor.get(`/loyalty-tier-upgrade/replay/${id}/draft`);
    expect(draft.text).to.include('Quite other: https://shop.example/tier/1');
    expect(draft.headers['content-security-policy']).to.include('sandbox');

    await visitor.post(
      '/loyalty-tier-upgrade/draft',
      await formOf('loyalty-tier-upgrade', { 'locales[default][html]': '<p>\n{{actionUlr}}</p>' }),
    );
    const failing = await visitor.get('/loyalty-tier-upgrade/replay');
    expect(failing.text)
      .to.include('1 message could not be rendered: actionUlr is not in the data contract')
      .and.include('locales%5Bdefault%5D%5Bhtml%5D:2:3')
      .and.not.include('[object Object]');
    const diff = await visitor.get('/loyalty-tier-upgrade/diff?from=1&to=draft');
    expect(diff.text).to.include('The draft cannot be rendered: html, line 2: actionUlr');
    const revision = await revisionOf('loyalty-tier-upgrade');
    await visitor.post('/loyalty-tier-upgrade/discard', { revision });
  });

  it('name every template that a layout touches before it is published', async () => {
    const visitor = await visit('publisher');
    const { text } = await visitor.get('/layout:default');
    const form = {
      ...fieldsIn(text),
      'locales[default][html]': `${fieldsIn(text)['locales[default][html]']}<!-- -->`,
    };
    await visitor.post('/layout:default/draft', form);
    const page = await visitor.get('/layout:default/publication');
    for (const key of ['password-reset', 'receipt', 'order-confirmation'])
      expect(page.text).to.include(`>${key}</a>`);
    expect(page.text).to.not.match(/<li><a[^>]*>newsletter</);
  });

  it('keep publishing from editors, and changing from viewers', async () => {
    const editor = await visit('editor');
    expect((await editor.get('/receipt/publication')).status).to.equal(403);
    const viewer = await visit('viewer');
    expect((await viewer.post('/receipt/draft', { revision: '1' })).status).to.equal(403);
    expect((await viewer.get('/receipt')).status).to.equal(200);
  });

  it('show a mail in a frame without script, form or origin', async () => {
    const visitor = await visit('editor');
    const html =
      '<style>@media (prefers-color-scheme: dark) { b { color: red } }</style><script>alert(1)</script>';
    const answer = await visitor.post('/frame', { html, scheme: 'dark' });
    expect(answer.headers['content-security-policy']).to.include('sandbox').and.include("default-src 'none'");
    expect(answer.headers['content-security-policy']).to.not.include('script-src');
    expect(answer.text).to.include('@media (min-width: 0)');
    expect((await visitor.get('/receipt/preview?version=1&scheme=light')).text).to.include('<html');
  });

  it('make a new template as a draft, and refuse a key that is taken', async () => {
    const visitor = await visit('editor');
    const fields = {
      kind: 'template',
      key: 'winter-sale',
      category: 'announcement',
      layout: 'newsletter',
      markup: 'html',
    };
    expect((await visitor.post('/', fields)).headers.location).to.match(/templates\/winter-sale$/);
    expect((await visitor.get('/winter-sale')).text).to.include('never published');
    const again = await visitor.post('/', fields);
    expect(again.status).to.equal(422);
    expect(again.text).to.include('role="alert"').and.include('value="winter-sale"');
  });

  it('compile MJML when it is saved', async () => {
    const visitor = await visit('editor');
    await visitor.post('/', {
      kind: 'template',
      key: 'in-mjml',
      category: 'announcement',
      layout: 'default',
      markup: 'mjml',
    });
    const page = await visitor.get('/in-mjml');
    expect(page.text).to.include('locales[default][mjml]').and.not.include('name="locales[default][html]"');
    const { text } = await visitor.get('/in-mjml/preview');
    expect(text).to.include('Hello').and.include('<!doctype html>').and.not.include('mj-text');
  });
}).timeout(60_000);
