import fc from 'fast-check';
import { strangeText } from './values.ts';

/** What templates of the grammar are told about their data. */
export const contract = {
  name: { type: 'string', max: 200 },
  count: { type: 'integer', min: 0 },
  total: { type: 'number' },
  currency: { type: 'currency' },
  at: { type: 'date' },
  link: { type: 'url' },
  isNew: { type: 'boolean', optional: true },
  address: { type: 'object', fields: { city: { type: 'string' }, zip: { type: 'string', optional: true } } },
  items: {
    type: 'array',
    items: {
      type: 'object',
      fields: {
        title: { type: 'string' },
        price: { type: 'number' },
        tags: { type: 'array', items: { type: 'string' } },
      },
    },
  },
} as const;

export const sample = {
  ...{
    name: 'Ada',
    count: 2,
    total: 12.5,
    currency: 'EUR',
    at: '2026-05-04T09:00:00Z',
    link: 'https://shop.example/1',
  },
  isNew: true,
  address: { city: 'Utrecht', zip: '3511' },
  items: [
    { title: 'Tea', price: 4, tags: ['hot'] },
    { title: 'Cup & saucer', price: 8.5, tags: [] },
  ],
};

const paths = [
  ...[
    'name',
    'count',
    'total',
    'currency',
    'at',
    'link',
    'isNew',
    'address',
    'address.city',
    'address.zip',
    'items',
    'items.[0].title',
  ],
  ...[
    'this',
    'this.title',
    'title',
    'price',
    'tags',
    '../name',
    '@index',
    '@key',
    '@first',
    '@root.name',
    '@brand.name',
    '@locale',
  ],
  ...[
    'nothing',
    'items.length',
    'name.length',
    'constructor',
    '__proto__',
    'this.constructor.name',
    '@root',
    '../../..',
    'item',
    'i',
  ],
];
const helperNames = [
  'money',
  'number',
  'date',
  'datetime',
  'eq',
  'if',
  'unless',
  'each',
  'with',
  'lookup',
  'log',
  'helperMissing',
  'unknown',
];
const partials = ['footer', 'button', 'content', 'mine', 'nothing', 'address.city'];

/** Handlebars and HTML, most of which parses; `expression` and `document` can be used alone. */
export const grammar = fc.letrec<{
  param: string;
  call: string;
  mustache: string;
  block: string;
  element: string;
  piece: string;
  body: string;
}>(tie => ({
  param: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: fc.constantFrom(...paths) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        '"EUR"',
        "'a b'",
        '12',
        '-1',
        '1.5',
        'true',
        'null',
        'undefined',
        '""',
        '[a b]',
      ),
    },
    { weight: 1, arbitrary: tie('call').map(call => `(${call})`) },
  ),
  call: fc
    .tuple(
      fc.constantFrom(...helperNames),
      fc.array(tie('param'), { maxLength: 3 }),
      fc.array(fc.tuple(fc.constantFrom('currency', 'locale', 'a', 'hash'), tie('param')), { maxLength: 1 }),
    )
    .map(([name, params, hash]) => [name, ...params, ...hash.map(pair => pair.join('='))].join(' ')),
  mustache: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...paths).map(one => `{{${one}}}`) },
    { weight: 3, arbitrary: tie('call').map(call => `{{${call}}}`) },
    { weight: 1, arbitrary: fc.constantFrom(...paths).map(one => `{{{${one}}}}`) },
    { weight: 1, arbitrary: fc.constantFrom(...paths).map(one => `{{~${one}~}}`) },
    { weight: 1, arbitrary: fc.constantFrom(...partials).map(one => `{{> ${one}}}`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...partials), tie('param'))
        .map(([one, param]) => `{{> ${one} name=${param}}}`),
    },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        '{{!-- a }} comment --}}',
        '{{! comment }}',
        '\\{{name}}',
        '{{{{raw}}}}{{x}}{{{{/raw}}}}',
        '{{> (lookup . "name")}}',
        '{{@unsubscribe}}',
        '{{{{',
        '{{',
      ),
    },
  ),
  block: fc
    .tuple(
      fc.constantFrom('if', 'unless', 'each', 'with', '>', '*inline', 'eq', 'unknown', '^if', 'name'),
      tie('param'),
      tie('body'),
      fc.option(tie('body'), { nil: null }),
      fc.constantFrom('', '', '', ' as |item|', ' as |item i|'),
    )
    .map(([kind, param, inner, other, names]) => {
      const rest = other === null ? '' : `{{else}}${other}`;
      if (kind === '>') return `{{#> button}}${inner}{{/button}}`;
      if (kind === '*inline') return `{{#*inline "mine"}}${inner}{{/inline}}{{> mine}}`;
      if (kind === '^if') return `{{^if ${param}}}${inner}{{/if}}`;
      if (kind === 'name') return `{{#name}}${inner}{{/name}}`;
      return `{{#${kind} ${param}${names}}}${inner}${rest}{{/${kind}}}`;
    }),
  element: fc
    .tuple(
      fc.constantFrom(
        'p',
        'a',
        'td',
        'table',
        'tr',
        'div',
        'span',
        'b',
        'h1',
        'ul',
        'li',
        'img',
        'style',
        'br',
        'center',
        'o:p',
        'script',
        'svg',
        'title',
      ),
      fc.array(
        fc.tuple(
          fc.constantFrom(
            'href',
            'src',
            'style',
            'class',
            'alt',
            'width',
            'bgcolor',
            'onclick',
            'data-x',
            'background',
            'dir',
          ),
          fc.oneof(
            fc.constantFrom(
              'https://shop.example/',
              'color:#333;background:#fff',
              'color : red !important',
              'cid:a',
              '#',
              'mailto:a@b.example',
              '100',
              'position:fixed',
              'javascript:x',
            ),
            tie('mustache'),
            tie('mustache').map(one => `https://shop.example/${one}?x=${one}`),
            strangeText.map(text => text.slice(0, 30)),
          ),
        ),
        { maxLength: 3 },
      ),
      tie('body'),
      fc.constantFrom('closed', 'closed', 'closed', 'open', 'self'),
    )
    .map(([name, attributes, inner, how]) => {
      const written = attributes.map(([attribute, value]) => ` ${attribute}="${value}"`).join('');
      if (how === 'open') return `<${name}${written}>${inner}`;
      return how === 'self' ? `<${name}${written}/>` : `<${name}${written}>${inner}</${name}>`;
    }),
  piece: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        'Hello ',
        ' & ',
        '&nbsp;',
        '<br>',
        '\n',
        'Thank you.',
        '$5 !!',
        '<!-- x -->',
        '<!--[if mso]>x<![endif]-->',
        'a < b',
        '@media',
        '}',
      ),
    },
    { weight: 4, arbitrary: tie('mustache') },
    { weight: 2, arbitrary: tie('element') },
    { weight: 2, arbitrary: tie('block') },
  ),
  body: fc.array(tie('piece'), { maxLength: 4, size: 'small' }).map(pieces => pieces.join('')),
}));

const styles = fc.constantFrom(
  ...[
    'p{color:#333}',
    '.a > b { color: red !important }',
    '@media (prefers-color-scheme: dark){p{color:#fff}}',
    '@media screen{',
    'p{color:{{@brand.colour}}}',
    '@import "x";',
    '/* open',
    'a{b:c}}',
  ],
);

/** The HTML part of a template: a piece of a page, or a whole one. */
export const html: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: grammar.body },
  {
    weight: 1,
    arbitrary: fc
      .tuple(styles, grammar.body)
      .map(
        ([css, body]) =>
          `<!doctype html><html lang="en"><head><title>x</title><style>${css}</style></head><body>${body}</body></html>`,
      ),
  },
);

const component = fc.oneof(
  grammar.body.map(body => `<mj-text>${body}</mj-text>`),
  grammar.mustache.map(one => `<mj-button href="${one}" background-color="${one}">Go</mj-button>`),
  fc.constantFrom(
    '<mj-image src="https://shop.example/a.png" />',
    '<mj-divider/>',
    '<mj-spacer height="x"/>',
    '<mj-include path="/etc/passwd"/>',
    '<mj-nonsense/>',
    '<mj-table><tr><td>{{name}}</td></tr></mj-table>',
  ),
  grammar.body.map(body => `<mj-raw>${body}</mj-raw>`),
);

/** MJML documents. */
export const mjml: fc.Arbitrary<string> = fc
  .tuple(fc.array(component, { maxLength: 4 }), fc.array(grammar.piece, { maxLength: 1 }), styles)
  .map(
    ([parts, between, css]) =>
      `<mjml><mj-head><mj-style>${css}</mj-style></mj-head><mj-body><mj-section><mj-column>${parts.join('')}</mj-column></mj-section>${between.join('')}</mj-body></mjml>`,
  );

/** Sub-expressions in each other, and blocks in blocks. */
export const nested: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom('eq', 'each', 'if', '(', 'div'), fc.integer({ min: 5, max: 60 }))
  .map(([kind, depth]) => {
    if (kind === 'eq') return `{{eq ${'(eq '.repeat(depth)}1 1${' 1)'.repeat(depth)} 1}}`;
    if (kind === '(') return `{{eq ${'('.repeat(depth)}`;
    if (kind === 'div') return '<div>'.repeat(depth * 10);
    return `{{#${kind} items}}`.repeat(Math.min(depth, 12)) + `{{/${kind}}}`.repeat(Math.min(depth, 12));
  });

/** A source with a piece taken out, doubled or put in: most of these do not parse. */
export function broken(source: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(
      source,
      fc.nat(),
      fc.nat(12),
      fc.oneof(strangeText, fc.constantFrom('{{', '}}', '{{/if}}', '{{#each', '<', '"', '')),
    )
    .map(([text, at, length, put]) => {
      const from = at % (text.length + 1);
      return text.slice(0, from) + put + text.slice(from + length);
    });
}
