import { expect } from 'chai';
import { MailError } from '../../server/mail/error.ts';
import type { ContractSpec } from '../../server/mail/rules/contract.ts';
import { createTemplates } from '../../server/mail/templates.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { type ContentInput, templateContent } from '../support/template-content.ts';

const contract: ContractSpec = {
  order: { type: 'object', fields: { number: { type: 'string' }, total: { type: 'integer' } } },
};
const sample = { order: { number: 'A-1', total: 900 } };

describe('publishing', () => {
  const db = testDatabase();
  const templates = createTemplates(db, () => new Date());
  beforeEach(() => emptyTables(db));

  const refusal = async (input: ContentInput): Promise<unknown> =>
    templates.publish([templateContent({ contract, sample, ...input })]).catch((error: unknown) => error);

  it('refuses what the sample would never have shown, with part, path and line', async () => {
    const error = await refusal({ html: '<p>\n{{#if order.discount}}-{{order.discount}}{{/if}}</p>' });
    expect(error).to.be.instanceOf(MailError);
    expect(error).to.include({
      code: 'invalid-template',
      field: 'html',
      message: 'sample: html, line 2: order.discount is not in the data contract.',
    });
  });

  it('refuses what cannot render its own sample', async () => {
    expect(await refusal({ html: '{{money order.total order.number}}' })).to.include({
      code: 'invalid-template',
    });
    expect(await refusal({ sample: {} })).to.include({ code: 'invalid-data' });
    expect(await db('template_versions')).to.deep.equal([]);
  });

  it('makes a version of what changed and of nothing else', async () => {
    const content = templateContent({ contract, sample, html: '<p>{{order.number}}</p>' });
    const changed = templateContent({ contract, sample, html: '<p>No. {{order.number}}</p>' });
    expect(await templates.publish([content])).to.deep.equal([content.key]);
    expect(await templates.publish([content])).to.deep.equal([]);
    expect(await templates.publish([changed])).to.deep.equal([content.key]);
    const versions = await db('template_versions').select('version', 'published').orderBy('version');
    expect(versions).to.deep.equal([
      { version: 1, published: null },
      { version: 2, published: 1 },
    ]);
    expect((await templates.published(content.key)).version).to.equal(2);
  });

  it('lets several processes publish the same at once', async () => {
    const content = templateContent({ contract, sample, html: '<p>{{order.number}}</p>' });
    await Promise.all(
      Array.from({ length: 6 }, () => createTemplates(db, () => new Date()).publish([content])),
    );
    expect(await db('template_versions')).to.have.length(1);
  });
});
