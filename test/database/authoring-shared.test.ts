import { expect } from 'chai';
import type { Publication } from '../../server/mail/templates/authoring/api.ts';
import type { Source, SourceKind } from '../../server/mail/templates/language/source.ts';
import { saveDraftOf, useAuthoring } from '../support/authoring.ts';
import { testDatabase } from '../support/database.ts';

const welcome = { kind: 'template', key: 'welcome' } as const;
const layout = { kind: 'layout', key: 'default' } as const;

describe('publishing a layout, a partial or the brand', () => {
  const db = testDatabase();
  const { authoring } = useAuthoring();

  const publish = (ref: { kind: SourceKind; key: string }, revision: number) =>
    authoring.publish(ref, { revision, message: 'Say it better', by: 'ann' });
  const versionsOf = async (template: string): Promise<number[]> =>
    db('postlane_template_versions').where({ template }).orderBy('version').pluck('version');

  it('makes a version of each template that it touches, all or none', async () => {
    const revision = await saveDraftOf(authoring, layout, content => {
      content.html = '<html><body class="x">{{> content}}{{> footer}}</body></html>';
    });
    const open = (await authoring.get(layout))?.draft?.source as Source;
    expect((await authoring.review(open)).map(({ key }) => key)).to.deep.equal(['receipt', 'welcome']);
    const result = await publish(layout, revision);
    expect(result).to.deep.include({
      version: 2,
      templates: [
        { key: 'receipt', version: 2 },
        { key: 'welcome', version: 2 },
      ],
    });
    const [latest] = await authoring.versions(welcome);
    expect(latest?.cause).to.deep.equal({ kind: 'shared', ref: layout, version: 2 });

    const broken = await saveDraftOf(authoring, layout, content => {
      content.html = '<html>{{> content}}{{nobody}}</html>';
    });
    const refused = await publish(layout, broken);
    expect(refused).to.have.property('state', 'refused');
    expect(
      (refused as Publication & { state: 'refused' }).issues.map(({ template }) => template),
    ).to.deep.equal(['receipt', 'welcome']);
    expect(await versionsOf('receipt')).to.deep.equal([1, 2]);
  });

  it('does not disturb who edits a template meanwhile', async () => {
    const mine = await saveDraftOf(authoring, welcome, content => {
      content.locales.default.html = '<p>Mine</p>';
    });
    const revision = await saveDraftOf(authoring, layout, content => {
      content.text = 'Dear reader\n{{> content}}';
    });
    await publish(layout, revision);
    expect(await publish(welcome, mine)).to.include({ state: 'published', version: 3 });
  });

  it('touches only what includes a partial, and a partial that includes itself is refused', async () => {
    const greeting = { kind: 'partial', key: 'greeting' } as const;
    expect(await authoring.usedBy(greeting)).to.deep.equal([welcome]);
    const change = (html: string) =>
      saveDraftOf(authoring, greeting, content => {
        content.html = html;
      });
    expect(await publish(greeting, await change('<i>{{name}}</i>'))).to.deep.include({
      templates: [{ key: 'welcome', version: 2 }],
    });
    expect(await publish(greeting, await change('{{> greeting}}'))).to.have.property('state', 'refused');
    expect(await publish(greeting, await change('{{#if'))).to.have.property('state', 'refused');
  });

  it('touches every template that shows the brand', async () => {
    const revision = await saveDraftOf(authoring, { kind: 'brand', key: 'default' }, content => {
      content.name = 'Finch';
    });
    const result = await publish({ kind: 'brand', key: 'default' }, revision);
    expect(result).to.have.property('templates').that.has.length(2);
  });
});
