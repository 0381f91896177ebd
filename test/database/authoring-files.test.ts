import { readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'chai';
import { sourceName } from '../../server/mail/templates/language/source.ts';
import { openAuthoring, putFile, useAuthoring } from '../support/authoring.ts';
import { testDatabase } from '../support/database.ts';

const welcome = { kind: 'template', key: 'welcome' } as const;

describe('template files and the database', () => {
  const db = testDatabase();
  const { authoring, folder } = useAuthoring();

  const inFile = (html: string) => putFile(folder, 'welcome/html.hbs', html);
  const fileText = (file: string) => readFile(path.join(folder, file), 'utf8');
  const published = async () => (await authoring.get(welcome))?.published;
  const html = async () => (await published())?.source.content.locales.default.html;
  const states = async () =>
    Object.fromEntries((await authoring.files.diff()).map(({ ref, state }) => [sourceName(ref), state]));

  /** An admin's edit. */
  async function edit(text: string, author = authoring): Promise<void> {
    const view = await author.get(welcome);
    if (!view?.published) throw new Error('It is not published.');
    const source = structuredClone(view.published.source);
    source.content.locales.default.html = text;
    const saved = await author.saveDraft(source, { revision: view.revision, by: 'ann' });
    if (saved.state !== 'saved') throw new Error('The draft was refused.');
    const options = { revision: saved.revision, message: 'Edit', by: 'ann' };
    expect((await author.publish(welcome, options)).state).to.equal('published');
  }

  it('agree after they were imported', async () => {
    expect(await states()).to.deep.equal({});
  });

  it('where only the file changed, an import takes it', async () => {
    await inFile('<p>File</p>');
    expect(await states()).to.deep.equal({ 'template:welcome': 'file' });
    expect(await authoring.files.import()).to.deep.equal(['template:welcome']);
    expect(await html()).to.equal('<p>File</p>');
    expect(await published()).to.deep.include({ by: 'files', version: 2 });
  });

  it('where only the database changed, it stays, import after import', async () => {
    await edit('<p>Admin</p>');
    expect(await authoring.files.import()).to.deep.equal([]);
    expect(await openAuthoring(db, folder).files.import()).to.deep.equal([]);
    expect(await html()).to.equal('<p>Admin</p>');
    expect(await states()).to.deep.equal({ 'template:welcome': 'database' });
  });

  it('where both changed, the database stays and the conflict is shown', async () => {
    await edit('<p>Admin</p>');
    await inFile('<p>File</p>');
    expect(await authoring.files.import()).to.deep.equal([]);
    expect(await html()).to.equal('<p>Admin</p>');
    const [conflict] = await authoring.conflicts();
    expect(conflict).to.deep.include({ ref: welcome, state: 'conflict' });
    expect(conflict?.parts[0]?.hunks[0]?.lines.map(({ kind, text }) => [kind, text])).to.deep.equal([
      ['removed', '<p>Admin</p>'],
      ['added', '<p>File</p>'],
    ]);
  });

  it('where both changed to the same, they agree, and the next change of the file is taken', async () => {
    await edit('<p>Same</p>');
    await inFile('<p>Same</p>');
    expect(await authoring.files.import()).to.deep.equal([]);
    expect(await states()).to.deep.equal({});
    await inFile('<p>Next</p>');
    expect(await authoring.files.import()).to.deep.equal(['template:welcome']);
  });

  it('a process that starts with older files undoes no edit', async () => {
    const original = await fileText('welcome/html.hbs');
    await edit('<p>Admin</p>');
    await authoring.files.pull();
    await authoring.files.import();
    await inFile('<p>Admin, reviewed</p>');
    await authoring.files.import();
    await inFile(original);
    expect(await authoring.files.import()).to.deep.equal([]);
    expect(await html()).to.equal('<p>Admin, reviewed</p>');
  });

  it('a change taken back in the files is taken back in the database, where nobody edited since', async () => {
    const original = await fileText('welcome/html.hbs');
    await inFile('<p>Try</p>');
    await authoring.files.import();
    await inFile(original);
    expect(await authoring.files.import()).to.deep.equal(['template:welcome']);
    expect(await html()).to.equal(original);
  });

  it('a draft begun before the file changed is told so when it is published', async () => {
    const view = await authoring.get(welcome);
    if (!view?.published) throw new Error('It is not published.');
    const source = structuredClone(view.published.source);
    source.content.locales.default.subject = 'Draft';
    await authoring.saveDraft(source, { revision: view.revision, by: 'ann' });
    await inFile('<p>File</p>');
    await authoring.files.import();
    const options = { revision: view.revision + 1, message: 'm', by: 'ann' };
    expect(await authoring.publish(welcome, options)).to.include({ state: 'conflict', reason: 'base' });
    const late = await authoring.saveDraft(source, { revision: view.revision, by: 'ann' });
    expect(late.state).to.equal('conflict');
  });

  it('who looked at a source before the file changed cannot begin a draft over it', async () => {
    const view = await authoring.get(welcome);
    if (!view?.published) throw new Error('It is not published.');
    await inFile('<p>File</p>');
    await authoring.files.import();
    const late = await authoring.saveDraft(view.published.source, { revision: view.revision, by: 'ann' });
    expect(late.state).to.equal('conflict');
  });

  describe('push', () => {
    it('publishes what the files alone changed, and leaves conflicts until they are forced', async () => {
      await edit('<p>Admin</p>');
      await inFile('<p>File</p>');
      await putFile(folder, 'receipt/subject.hbs', 'Your receipt');
      const first = await authoring.files.push({ by: 'cli' });
      expect(first.applied).to.deep.equal([{ kind: 'template', key: 'receipt' }]);
      expect(first.remaining.map(({ state }) => state)).to.deep.equal(['conflict']);
      const second = await authoring.files.push({ by: 'cli', force: ['template:welcome'] });
      expect(second).to.deep.equal({ applied: [welcome], remaining: [], issues: [] });
      expect(await html()).to.equal('<p>File</p>');
      expect(await states()).to.deep.equal({});
    });

    it('takes nothing when one of the files has an error', async () => {
      await inFile('<p>{{nobody}}</p>');
      await putFile(folder, 'receipt/subject.hbs', 'Your receipt');
      const { applied, issues } = await authoring.files.push({ by: 'cli' });
      expect(applied).to.deep.equal([]);
      expect(issues.map(({ template }) => template)).to.deep.equal(['welcome']);
      expect(await db('postlane_template_versions').where({ version: 2 })).to.deep.equal([]);
    });
  });

  describe('pull', () => {
    it('writes an edit into its own file and no other, and then there is nothing to push', async () => {
      const before = await fileText('welcome/template.json');
      await edit('<p>Admin</p>\n');
      expect((await authoring.files.pull()).applied).to.deep.equal([welcome]);
      expect(await fileText('welcome/html.hbs')).to.equal('<p>Admin</p>\n');
      expect(await fileText('welcome/template.json')).to.equal(before);
      expect(await authoring.files.push({ by: 'cli' })).to.deep.equal({
        applied: [],
        remaining: [],
        issues: [],
      });
    });

    it('leaves files that changed, until they are forced', async () => {
      await inFile('<p>File</p>');
      expect((await authoring.files.pull()).remaining.map(({ state }) => state)).to.deep.equal(['file']);
      await edit('<p>Admin</p>');
      expect((await authoring.files.pull()).remaining.map(({ state }) => state)).to.deep.equal(['conflict']);
      expect(await fileText('welcome/html.hbs')).to.equal('<p>File</p>');
      expect((await authoring.files.pull({ force: ['template:welcome'] })).applied).to.deep.equal([welcome]);
      expect(await fileText('welcome/html.hbs')).to.equal('<p>Admin</p>');
    });

    it('writes everything into an empty folder so that reading it again finds no difference', async () => {
      const view = await authoring.get(welcome);
      if (!view?.published) throw new Error('It is not published.');
      const source = structuredClone(view.published.source);
      source.content.layout = 'none';
      source.content.locales.nl = { subject: 'Welkom', html: '<p>Dag</p>', text: 'Dag\n', preheader: 'x' };
      source.content.locales.default.mjml = '<mjml><mj-body></mj-body></mjml>';
      await authoring.saveDraft(source, { revision: view.revision, by: 'ann' });
      const options = { revision: view.revision + 1, message: 'm', by: 'ann' };
      expect((await authoring.publish(welcome, options)).state).to.equal('published');
      for (const entry of await readdir(folder)) await rm(path.join(folder, entry), { recursive: true });

      expect((await authoring.files.pull()).applied).to.have.length(6);
      expect(await states()).to.deep.equal({});
      expect((await readdir(path.join(folder, 'welcome'))).sort()).to.deep.equal([
        'html.mjml',
        'html.nl.hbs',
        'preheader.nl.hbs',
        'subject.hbs',
        'subject.nl.hbs',
        'template.json',
        'text.nl.hbs',
      ]);
      expect(await openAuthoring(db, folder).files.import()).to.deep.equal([]);
    });

    it('removes the file of a language that was removed', async () => {
      await putFile(folder, 'welcome/subject.nl.hbs', 'Welkom');
      await putFile(folder, 'welcome/html.nl.hbs', '<p>Dag</p>');
      await authoring.files.import();
      const view = await authoring.get(welcome);
      if (!view?.published) throw new Error('It is not published.');
      const source = structuredClone(view.published.source);
      delete source.content.locales.nl;
      await authoring.saveDraft(source, { revision: view.revision, by: 'ann' });
      await authoring.publish(welcome, { revision: view.revision + 1, message: 'm', by: 'ann' });
      await authoring.files.pull();
      expect(await readdir(path.join(folder, 'welcome'))).to.not.include('html.nl.hbs');
    });
  });
});
