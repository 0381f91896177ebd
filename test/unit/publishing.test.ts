import { expect } from 'chai';
import knex from 'knex';
import { MailError } from '../../server/mail/error.ts';
import type { ContractSpec } from '../../server/mail/rules/contract.ts';
import { createTemplates } from '../../server/mail/templates.ts';
import { type ContentInput, templateContent } from '../support/template-content.ts';

const contract: ContractSpec = {
  order: { type: 'object', fields: { number: { type: 'string' }, total: { type: 'integer' } } },
};
const sample = { order: { number: 'A-1', total: 900 } };

describe('publishing', () => {
  // Never connected: a template that fails its check must not reach the database.
  const templates = createTemplates(knex({ client: 'mysql2' }), () => new Date());

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
  });
});
