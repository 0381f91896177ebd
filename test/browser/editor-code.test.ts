import { expect } from 'chai';
import { tokensOf } from '../../server/admin/client/code/tokens.ts';
import { scopeOf, variablesAt } from '../../server/admin/client/code/vocabulary.ts';

describe('the code of the editor', () => {
  const pieces = (text: string) => tokensOf(text).map(({ from, to, kind }) => [text.slice(from, to), kind]);

  it('tells the pieces of a mustache apart, and leaves everything else alone', () => {
    expect(pieces('<p>{{#if order.late}}</p>')).to.deep.equal([
      ['{{#', 'bracket'],
      ['if', 'keyword'],
      ['order.late', 'variable'],
      ['}}', 'bracket'],
    ]);
    expect(pieces('{{> button url=link label="Pay {now}" size=2}}')).to.deep.include.members([
      ['button', 'partial'],
      ['url=', 'name'],
      ['link', 'variable'],
      ['2', 'number'],
    ]);
    expect(pieces('{{!-- {{name}} --}} b')).to.deep.equal([['{{!-- {{name}} --}}', 'comment']]);
    expect(pieces('a { b } c')).to.deep.equal([]);
  });

  it('copes with a mustache that nobody has closed yet', () => {
    expect(pieces('{{ord').map(([text]) => text)).to.deep.equal(['{{', 'ord']);
    expect(pieces('{{')).to.deep.equal([['{{', 'bracket']]);
  });

  const variables = [
    'name',
    'order',
    'order.lines',
    'order.lines[]',
    'order.lines[].price',
    'order.lines[].tags[]',
  ].map(path => ({ path, type: 'string', required: true, sample: '' }));

  it('knows what a name means inside of blocks', () => {
    expect(scopeOf('{{#each order.lines}} {{#if this.price}}')).to.equal('order.lines[]');
    expect(scopeOf('{{#with order}}{{#each lines}}')).to.equal('order.lines[]');
    expect(scopeOf('{{#each order.lines}} {{/each}} ')).to.equal('');
  });

  it('offers the fields of an item first, and the rest from the root', () => {
    const paths = variablesAt(variables, '{{#each order.lines}}').map(({ path }) => path);
    expect(paths.slice(0, 2)).to.deep.equal(['this', 'this.price']);
    expect(paths).to.include('@root.name').and.not.include('@root.order.lines[].price');
    expect(variablesAt(variables, '').map(({ path }) => path)).to.deep.equal([
      'name',
      'order',
      'order.lines',
    ]);
  });
});
