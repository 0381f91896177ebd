import path from 'node:path';
import { expect } from 'chai';
import { MailError } from '../../server/mail/error.ts';
import { createMail } from '../../server/mail/index.ts';
import { openAuthoring, putFile, useSampleFolder } from '../support/authoring.ts';
import { testDatabase } from '../support/database.ts';
import { testConfig } from '../support/mail.ts';

const contract = {
  order: { type: 'object', fields: { number: { type: 'string' }, total: { type: 'integer' } } },
};

describe('importing files', () => {
  const db = testDatabase();
  const folder = useSampleFolder();

  const putOrder = async (html: string, sample: object = { order: { number: 'A-1', total: 900 } }) => {
    const json = { category: 'order', data: contract, sample };
    await putFile(folder, 'order/template.json', JSON.stringify(json));
    await putFile(folder, 'order/subject.hbs', 'Order');
    await putFile(folder, 'order/html.hbs', html);
  };
  const refusal = (): Promise<unknown> =>
    openAuthoring(db, folder)
      .files.import()
      .catch((error: unknown) => error);

  it('refuses what the sample would never have shown, with part, path and line', async () => {
    await putOrder('<p>\n{{#if order.discount}}-{{order.discount}}{{/if}}</p>');
    const error = await refusal();
    expect(error).to.be.instanceOf(MailError);
    expect(error).to.include({
      code: 'invalid-template',
      field: 'html',
      message:
        'order: html, line 2: order.discount is not in the data contract. Correct the name, or add it to the contract.',
    });
  });

  it('refuses what does not parse by its file, and then publishes nothing at all', async () => {
    await putOrder('one\n{{#if name}');
    expect(await refusal())
      .to.have.property('message')
      .that.includes(`${path.join(folder, 'order/html.hbs')}, line 2: `);
    expect(await db('postlane_template_versions')).to.deep.equal([]);
    expect(await db('postlane_template_sources')).to.deep.equal([]);
  });

  it('refuses what cannot render its own sample', async () => {
    await putOrder('{{money order.total order.number}}');
    expect(await refusal()).to.include({ code: 'invalid-template' });
    await putOrder('{{order.number}}', {});
    expect(await refusal()).to.include({ code: 'invalid-data' });
    expect(await db('postlane_template_versions')).to.deep.equal([]);
  });

  it('refuses MJML that does not compile', async () => {
    await putFile(folder, 'welcome/html.mjml', '<mjml><mj-body><mj-nonsense/></mj-body></mjml>');
    const json = {
      category: 'order',
      layout: 'none',
      data: { name: { type: 'string' } },
      sample: { name: 'A' },
    };
    await putFile(folder, 'welcome/template.json', JSON.stringify(json));
    expect(await refusal())
      .to.have.property('message')
      .that.includes(`${path.join(folder, 'welcome/html.mjml')}, line 1: `);
  });

  it('refuses a category that the policy lacks', async () => {
    await putOrder('<p>{{order.number}}</p>');
    const json = { category: 'orders', data: { name: { type: 'string' } }, sample: { name: 'Ada' } };
    await putFile(folder, 'order/template.json', JSON.stringify(json));
    expect(await refusal()).to.include({ code: 'unknown-category' });
    expect(await db('postlane_template_versions')).to.deep.equal([]);
  });

  it('makes a version of what changed and of nothing else', async () => {
    const authoring = openAuthoring(db, folder);
    await putOrder('<p>{{order.number}}</p>');
    expect(await authoring.files.import()).to.include.members([
      'template:order',
      'layout:default',
      'brand:default',
    ]);
    expect(await authoring.files.import()).to.deep.equal([]);
    await putOrder('<p>No. {{order.number}}</p>');
    expect(await authoring.files.import()).to.deep.equal(['template:order']);
    const versions = await db('postlane_template_versions')
      .select('version', 'published')
      .where({ template: 'order' })
      .orderBy('version');
    expect(versions).to.deep.equal([
      { version: 1, published: null },
      { version: 2, published: 1 },
    ]);
    expect((await authoring.templates.published('order')).version).to.equal(2);
    expect(await db('postlane_template_versions').where({ template: 'welcome' })).to.have.length(1);
  });

  it('lets several processes take the same files at once', async () => {
    const taken = await Promise.all(
      Array.from({ length: 6 }, () => openAuthoring(db, folder).files.import()),
    );
    expect(taken.filter(names => names.length > 0)).to.have.length(1);
    expect(await db('postlane_template_versions')).to.have.length(2);
    expect(await db('postlane_template_source_versions')).to.have.length(6);
  });

  it('numbers on from versions of a time before there was a history', async () => {
    const authoring = openAuthoring(db, folder);
    await authoring.files.import();
    await db('postlane_template_source_versions').delete();
    await db('postlane_template_sources').delete();
    expect(await openAuthoring(db, folder).files.import()).to.include('template:welcome');
    expect((await authoring.templates.published('welcome')).version).to.equal(2);
  });
});

describe('a start', () => {
  const folder = useSampleFolder();

  it('publishes nothing', async () => {
    const mail = await createMail({ ...testConfig(), templates: folder, migrate: false });
    await mail.close();
    expect(await testDatabase()('postlane_template_sources')).to.deep.equal([]);
  });
});
