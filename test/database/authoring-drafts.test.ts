import { expect } from 'chai';
import { MailError } from '../../server/mail/error.ts';
import type { Source } from '../../server/mail/templates/language/source.ts';
import { useAuthoring } from '../support/authoring.ts';
import { testDatabase } from '../support/database.ts';

const ref = { kind: 'template', key: 'welcome' } as const;

describe('drafts of templates', () => {
  const db = testDatabase();
  const { authoring } = useAuthoring();

  const published = async (): Promise<Source<'template'>> => {
    const view = await authoring.get(ref);
    if (!view?.published) throw new Error('It is not published.');
    return structuredClone(view.published.source);
  };
  const withHtml = async (html: string): Promise<Source<'template'>> => {
    const source = await published();
    source.content.locales.default.html = html;
    return source;
  };
  const errorOf = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => error);

  it('are kept beside what is published, however little sense they make', async () => {
    const { revision } = (await authoring.get(ref)) ?? { revision: -1 };
    const broken = await withHtml('<p>{{#if');
    const saved = await authoring.saveDraft(broken, { revision, by: 'ann' });
    expect(saved).to.deep.equal({ state: 'saved', revision: revision + 1 });
    const view = await authoring.get(ref);
    expect(view?.draft).to.deep.include({ source: broken, baseVersion: 1, changedBy: 'ann' });
    expect(view?.published?.source).to.deep.equal(await published());
    const [listed] = (await authoring.list('template')).filter(({ key }) => key === 'welcome');
    expect(listed).to.include({ hasDraft: true, changedBy: 'ann', version: 1, category: 'order' });
  });

  it('of two editors: the second to save is told, and sees what the first wrote', async () => {
    const revision = (await authoring.get(ref))?.revision ?? -1;
    await authoring.saveDraft(await withHtml('<p>Ann</p>'), { revision, by: 'ann' });
    const late = await authoring.saveDraft(await withHtml('<p>Bob</p>'), { revision, by: 'bob' });
    if (late.state !== 'conflict') throw new Error('Bob overwrote Ann.');
    expect(late.reason).to.equal('revision');
    expect(late.current.draft?.changedBy).to.equal('ann');
    expect(late.current.draft?.source.content).to.have.nested.property('locales.default.html', '<p>Ann</p>');
    const again = await authoring.saveDraft(await withHtml('<p>Both</p>'), {
      revision: late.current.revision,
      by: 'bob',
    });
    expect(again.state).to.equal('saved');
  });

  it('of ten who save at once, one is stored', async () => {
    const revision = (await authoring.get(ref))?.revision ?? -1;
    const draft = await withHtml('<p>x</p>');
    const saves = await Promise.all(
      Array.from({ length: 10 }, (_, i) => authoring.saveDraft(draft, { revision, by: `editor-${i}` })),
    );
    expect(saves.filter(({ state }) => state === 'saved')).to.have.length(1);
  });

  it('can be dropped, which is written down with what was lost', async () => {
    const revision = (await authoring.get(ref))?.revision ?? -1;
    await authoring.saveDraft(await withHtml('<p>Lost</p>'), { revision, by: 'ann' });
    expect((await authoring.discardDraft(ref, { revision, by: 'bob' })).state).to.equal('conflict');
    const dropped = await authoring.discardDraft(ref, { revision: revision + 1, by: 'bob' });
    expect(dropped).to.deep.equal({ state: 'saved', revision: revision + 2 });
    expect((await authoring.get(ref))?.draft).to.equal(null);
    const entry = await db('postlane_audit_entries').where({ action: 'template.discard' }).first();
    expect(entry).to.include({ changed_by: 'bob', subject: 'template:welcome', after_change: null });
    expect(JSON.parse(entry.before_change)).to.include({ html: '<p>Lost</p>' });
  });

  it('begin new sources, which are gone with them', async () => {
    const source = { ...(await published()), key: 'farewell' };
    expect(await authoring.create(source, { by: 'ann' })).to.deep.equal({ state: 'saved', revision: 1 });
    expect(await errorOf(authoring.create(source, { by: 'bob' }))).to.include({
      code: 'invalid-input',
      message: 'There is a template farewell already.',
    });
    const view = await authoring.get({ kind: 'template', key: 'farewell' });
    expect(view).to.deep.include({ published: null, revision: 1 });
    await authoring.discardDraft({ kind: 'template', key: 'farewell' }, { revision: 1, by: 'ann' });
    expect(await authoring.get({ kind: 'template', key: 'farewell' })).to.equal(null);
  });

  it('have one kind of line end, and no empty optional parts', async () => {
    const revision = (await authoring.get(ref))?.revision ?? -1;
    const source = await withHtml('<p>\r\none\r\n</p>');
    Object.assign(source.content.locales.default, { text: ' ', preheader: '' });
    await authoring.saveDraft(source, { revision, by: 'ann' });
    const draft = (await authoring.get(ref))?.draft?.source;
    expect(draft?.content.locales.default).to.deep.equal({
      subject: 'Welcome {{name}}',
      html: '<p>\none\n</p>',
    });
  });

  it('refuse what is too large or no source, in plain words', async () => {
    const large = await errorOf(
      authoring.saveDraft(await withHtml('x'.repeat(5 * 1024 * 1024)), { revision: 1, by: 'ann' }),
    );
    expect(large).to.be.instanceOf(MailError);
    expect(large).to.include({ code: 'too-large', message: 'This is 5.0 MB; a template may have 5 MB.' });
    const source = await published();
    const shapeless = { ...source, content: { ...source.content, locales: {} } } as unknown as Source;
    expect(await errorOf(authoring.saveDraft(shapeless, { revision: 1, by: 'ann' }))).to.include({
      code: 'invalid-input',
      field: 'content.locales.default',
    });
    for (const key of ['', '../etc', 'layouts', '__proto__', 'a b', 'x'.repeat(65)]) {
      const error = await errorOf(authoring.create({ ...source, key }, { by: 'ann' }));
      expect(error, key).to.include({ code: 'invalid-input', field: 'key' });
    }
    const nobody = { ...source, key: 'nobody' };
    expect(await errorOf(authoring.saveDraft(nobody, { revision: 0, by: 'ann' }))).to.include({
      code: 'unknown-template',
    });
  });

  it('of MJML carry the HTML it compiles to', async () => {
    const revision = (await authoring.get(ref))?.revision ?? -1;
    const source = await published();
    source.content.layout = 'none';
    source.content.locales.default.mjml =
      '<mjml><mj-body><mj-section><mj-column><mj-text>Hi {{name}}</mj-text></mj-column></mj-section></mj-body></mjml>';
    await authoring.saveDraft(source, { revision, by: 'ann' });
    const html = (await authoring.get(ref))?.draft?.source.content.locales.default.html;
    expect(html)
      .to.match(/<!doctype html>/i)
      .and.contain('Hi {{name}}');
  });
});
