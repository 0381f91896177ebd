import { expect } from 'chai';
import type { Authoring, Publication } from '../../server/mail/templates/authoring/api.ts';
import type { Source, SourceKind } from '../../server/mail/templates/language/source.ts';
import type { TemplateContent } from '../../server/mail/templates/language/template.ts';
import { checkTemplate } from '../../server/mail/templates/preview/check-template.ts';
import { createRenderPool, type RenderPool } from '../../server/mail/templates/preview/render-pool.ts';
import { openAuthoring, plainChecks, putFile, saveDraftOf, useAuthoring } from '../support/authoring.ts';
import { testDatabase } from '../support/database.ts';
import { testPolicy } from '../support/policy.ts';

const welcome = { kind: 'template', key: 'welcome' } as const;

describe('publishing a draft', () => {
  const db = testDatabase();
  const { authoring, folder } = useAuthoring();

  const draftHtml = (html: string) =>
    saveDraftOf(authoring, welcome, content => {
      content.locales.default.html = html;
    });
  const publish = (ref: { kind: SourceKind; key: string }, revision: number, acceptWarnings = false) =>
    authoring.publish(ref, { revision, message: 'Say it better', by: 'ann', acceptWarnings });
  const versionsOf = async (template: string): Promise<number[]> =>
    db('postlane_template_versions').where({ template }).orderBy('version').pluck('version');

  it('makes it the next version, with a message, an author and an entry in the audit log', async () => {
    const result = await publish(welcome, await draftHtml('<p>Hi {{name}}</p>'));
    expect(result).to.deep.equal({
      state: 'published',
      version: 2,
      templates: [{ key: 'welcome', version: 2 }],
      warnings: [],
    });
    expect(await authoring.get(welcome)).to.have.property('draft', null);
    const [latest, first] = await authoring.versions(welcome);
    expect(latest).to.deep.include({
      version: 2,
      by: 'ann',
      message: 'Say it better',
      cause: { kind: 'edit' },
      published: true,
    });
    expect(first).to.deep.include({ version: 1, by: 'files', cause: { kind: 'files' }, published: false });
    const ready = await authoring.templates.published('welcome');
    expect(ready.render(ready.check({ name: 'Bo' }), { locale: null, unsubscribe: '' }).html).to.contain(
      '<p>Hi Bo</p>',
    );
    const entry = await db('postlane_audit_entries').where({ changed_by: 'ann' }).first();
    expect(entry).to.include({ action: 'template.publish', subject: 'template:welcome' });
    expect(JSON.parse(entry.before_change)).to.deep.equal({
      version: 1,
      html: '<p>Hello {{> greeting}}</p>',
    });
    expect(JSON.parse(entry.after_change)).to.deep.include({ version: 2, html: '<p>Hi {{name}}</p>' });
  });

  it('keeps messages on the version they were accepted with', async () => {
    const before = (await authoring.templates.published('welcome')).id;
    await publish(welcome, await draftHtml('<p>New</p>'));
    expect((await authoring.templates.version(before)).content.locales.default.html).to.contain('greeting');
  });

  it('refuses errors, and warnings until they are accepted, and then changes nothing', async () => {
    const refused = await publish(welcome, await draftHtml('<p>{{nam}}</p>'));
    expect(refused).to.have.property('state', 'refused');
    expect((refused as Publication & { state: 'refused' }).issues[0]).to.include({
      severity: 'error',
      template: 'welcome',
    });
    expect(await versionsOf('welcome')).to.deep.equal([1]);
    const revision = await saveDraftOf(authoring, welcome, content => {
      content.locales.default.subject = 'dubious {{name}}';
    });
    expect(await publish(welcome, revision)).to.have.property('state', 'refused');
    const accepted = await publish(welcome, revision, true);
    expect(accepted).to.have.property('state', 'published');
    expect((accepted as Publication & { state: 'published' }).warnings).to.have.length(1);
  });

  it('refuses at once what would take this thread minutes to parse', async () => {
    // Parsed, it would outlast any test.
    const result = await publish(welcome, await draftHtml('{{#if name}}{{/if}}'.repeat(40_000)));
    expect(result).to.have.property('state', 'refused');
    expect((result as Publication & { state: 'refused' }).issues[0]?.message).to.match(
      /more than 5000 mustaches/,
    );
  });

  it('of two who publish at once lets one win and tells the other', async () => {
    const revision = await draftHtml('<p>Once</p>');
    const others = openAuthoring(db, folder);
    const options = { revision, message: 'm', by: 'bob' };
    const results = await Promise.all([
      publish(welcome, revision),
      others.publish(welcome, options).catch(String),
      others.publish(welcome, options).catch(String),
    ]);
    const states = results.map(result => (typeof result === 'string' ? result : result.state));
    expect(states.filter(state => state === 'published')).to.have.length(1);
    expect(states.filter(state => state === 'conflict')).to.have.length(2);
    expect(await versionsOf('welcome')).to.deep.equal([1, 2]);
  });

  it('lets two who publish different templates at once both get through', async () => {
    const one = await draftHtml('<p>One</p>');
    const other = await saveDraftOf(authoring, { kind: 'template', key: 'receipt' }, content => {
      content.locales.default.html = '<p>Other</p>';
    });
    const results = await Promise.all([
      publish(welcome, one),
      openAuthoring(db, folder).publish(
        { kind: 'template', key: 'receipt' },
        { revision: other, message: 'm', by: 'bob' },
      ),
    ]);
    expect(results.map(({ state }) => state)).to.deep.equal(['published', 'published']);
  });

  it('tells a draft that was begun on what is no longer published, and takes it once it has caught up', async () => {
    const revision = await draftHtml('<p>Mine</p>');
    await putFile(folder, 'welcome/html.hbs', '<p>File</p>');
    await authoring.files.import();
    const result = await publish(welcome, revision);
    expect(result).to.include({ state: 'conflict', reason: 'base' });
    const source = (await authoring.get(welcome))?.draft?.source;
    if (!source) throw new Error('The draft is gone.');
    const caughtUp = await authoring.saveDraft(source, { revision, by: 'ann', baseVersion: 2 });
    expect(caughtUp.state).to.equal('saved');
    expect(await publish(welcome, revision + 1)).to.have.property('state', 'published');
  });

  it('of nothing new says so and drops the draft', async () => {
    const revision = await draftHtml('<p>Hello {{> greeting}}</p>');
    expect(await publish(welcome, revision)).to.deep.equal({ state: 'unchanged', version: 1 });
    expect((await authoring.get(welcome))?.draft).to.equal(null);
    expect(await versionsOf('welcome')).to.deep.equal([1]);
  });

  it('restores an earlier version as a new one, by the same checks', async () => {
    await publish(welcome, await draftHtml('<p>Two</p>'));
    const revision = (await authoring.get(welcome))?.revision ?? -1;
    const result = await authoring.restore(welcome, 1, { revision, message: 'Back', by: 'bob' });
    expect(result).to.include({ state: 'published', version: 3 });
    const [latest] = await authoring.versions(welcome);
    expect(latest?.cause).to.deep.equal({ kind: 'restore', version: 1 });
    expect((await authoring.version(welcome, 3))?.source).to.deep.equal(
      (await authoring.version(welcome, 1))?.source,
    );
    const stale = await authoring.restore(welcome, 2, { revision, message: 'Late', by: 'ann' });
    expect(stale).to.include({ state: 'conflict', reason: 'revision' });
  });

  it('shows what differs between two versions, in source and as rendered', async () => {
    await publish(welcome, await draftHtml('<p>Hi {{> greeting}}</p>'));
    const { source, rendered } = await authoring.diff(welcome, 1, 2);
    expect(source.map(({ part }) => part)).to.deep.equal(['html']);
    expect(source[0]?.hunks[0]?.lines).to.deep.equal([
      { kind: 'removed', text: '<p>Hello {{> greeting}}</p>', oldLine: 1, newLine: null },
      { kind: 'added', text: '<p>Hi {{> greeting}}</p>', oldLine: null, newLine: 1 },
    ]);
    expect(rendered.map(({ part }) => part)).to.deep.equal(['html', 'text']);
    await draftHtml('<p>Draft</p>');
    expect((await authoring.diff(welcome, 2, 'draft')).source).to.have.length(1);
  });

  it('needs a message and a draft', async () => {
    const revision = await draftHtml('<p>x</p>');
    const wordless = await authoring
      .publish(welcome, { revision, message: '  ', by: 'ann' })
      .catch((error: unknown) => error);
    expect(wordless).to.include({ code: 'invalid-input', field: 'message' });
    const receipt = { kind: 'template', key: 'receipt' } as const;
    const { revision: own } = (await authoring.get(receipt)) ?? { revision: -1 };
    expect(await publish(receipt, own).catch((error: unknown) => error)).to.include({ code: 'wrong-state' });
  });
});

describe('publishing by the checks of the module', () => {
  const { folder } = useAuthoring();
  let renderPool: RenderPool;
  let authoring: Authoring;
  beforeEach(() => {
    const policy = testPolicy({ email: 'shop@sender.example' });
    const links = { publicUrl: 'https://shop.example/mail', secretKeys: ['k'] };
    renderPool = createRenderPool({ threads: 1 });
    const check = (content: TemplateContent) => checkTemplate({ renderPool, policy, links }, content);
    authoring = openAuthoring(testDatabase(), folder, { ...plainChecks, check });
  });
  afterEach(() => renderPool.close());

  const change = (alter: (content: Source<'template'>['content']) => void) =>
    saveDraftOf(authoring, welcome, alter);
  const publish = (revision: number) => authoring.publish(welcome, { revision, message: 'm', by: 'ann' });
  const inShort = ({ rule, message }: { rule: string; message: string }) => `${rule}: ${message}`;

  const refused: [what: string, alter: Parameters<typeof change>[0], only: string][] = [
    [
      'a contract that is none',
      content => {
        content.contract = { name: { type: 'string' }, constructor: { type: 'string' } } as never;
      },
      'contract: The field constructor is not allowed.',
    ],
    [
      'a category that the policy does not have',
      content => {
        content.category = 'nonsense';
        content.locales.default.html = '<p>{{name}} <a href="{{{@unsubscribe}}}">Unsubscribe</a></p>';
      },
      'category: The routing policy has no category nonsense: choose one that it has.',
    ],
  ];
  for (const [what, alter, only] of refused) {
    it(`refuses ${what}, and says that once and nothing that only follows from it`, async () => {
      const revision = await change(alter);
      const draft = (await authoring.get(welcome))?.draft;
      if (!draft) throw new Error('There is no draft.');
      const [reviewed] = await authoring.review(draft.source);
      expect(reviewed?.issues.map(inShort)).to.deep.equal([only]);
      const result = await publish(revision);
      expect(result.state === 'refused' && result.issues.map(inShort)).to.deep.equal([only]);
    });
  }
}).timeout(60_000);
