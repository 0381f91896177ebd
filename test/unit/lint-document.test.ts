import { expect } from 'chai';
import type { ContractSpec } from '../../server/mail/templates/language/contract.ts';
import { inspect } from '../../server/mail/templates/preview/tasks/inspect.ts';
import { faultless, faultsOf, inShort } from '../support/inspection.ts';
import { type ContentInput, templateContent } from '../support/template-content.ts';

const at = 'html:1:1';
const contract: ContractSpec = {
  url: { type: 'string', optional: true },
  name: { type: 'string', optional: true },
};

describe('the lint of a rendered mail', () => {
  it('has nothing to say about a faultless one', () => {
    expect(faultsOf({})).to.deep.equal([]);
  });

  const wrong: [what: string, input: ContentInput, faults: string[], message: RegExp][] = [
    ['a link without an address', { html: '<a>x</a>' }, [`error link ${at}`], /give it an href/],
    ['an empty link', { html: '<a href=" ">x</a>' }, [`error link ${at}`], /empty address/],
    ['a link to #', { html: '<a href="#">x</a>' }, [`error link ${at}`], /empty address/],
    [
      'an anchor to nothing',
      { html: '<a href="#end">x</a>' },
      [`error link ${at}`],
      /no element has that id/,
    ],
    ['a relative link', { html: '<a href="/orders">x</a>' }, [`error link ${at}`], /not a whole address/],
    [
      'a link without its host',
      { html: '<a href="https://">x</a>' },
      [`error link ${at}`],
      /not a whole address/,
    ],
    [
      'a script for a link',
      { html: '<a href="JavaScript:alert(1)">x</a>' },
      [`error link ${at}`],
      /javascript: links/,
    ],
    ['data for a link', { html: '<a href="data:text/html,x">x</a>' }, [`error link ${at}`], /data: links/],
    ['a link over http', { html: '<a href="http://a.example">x</a>' }, [`warning link ${at}`], /use https/],
    [
      'a link home',
      { html: '<a href="https://localhost:3000/">x</a>' },
      [`warning link ${at}`],
      /own network/,
    ],
    [
      'a link into a net',
      { html: '<a href="https://192.168.1.4/">x</a>' },
      [`warning link ${at}`],
      /own network/,
    ],
    ['an area', { html: '<map name="m"><area href="x"></map>' }, ['error link html:1:15'], /not a whole/],
    [
      'an image without alt',
      { html: '<img src="https://a.example/x.png">' },
      [`warning image-alt ${at}`],
      /alt text/,
    ],
    [
      'an image over http',
      { html: '<img alt="" src="http://a.example/x.png">' },
      [`warning image ${at}`],
      /use https/,
    ],
    ['an image without src', { html: '<img alt="x">' }, [`error image ${at}`], /give it a src/],
    ['a relative image', { html: '<img alt="x" src="x.png">' }, [`error image ${at}`], /whole address/],
    [
      'an image in the HTML',
      { html: '<img alt="x" src="data:image/png;base64,AA">' },
      [`warning image ${at}`],
      /do not show/,
    ],
    ['a script', { html: '<script>alert(1)</script>' }, [`error active-content ${at}`], /<script>/],
    ['a frame', { html: '<iframe></iframe>' }, [`error active-content ${at}`], /<iframe>/],
    ['a form', { html: '<form></form>' }, [`error active-content ${at}`], /Forms do not work/],
    ['an event handler', { html: '<p onclick="x()">x</p>' }, [`error active-content ${at}`], /onclick/],
    [
      'a refresh',
      { html: '<meta http-equiv="Refresh" content="1">' },
      [`error active-content ${at}`],
      /refresh/,
    ],
    ['a video', { html: '<video></video>' }, [`warning unsupported ${at}`], /image that links/],
    [
      'a style sheet',
      { html: '<link rel="stylesheet" href="https://a.example/x.css">' },
      [`warning unsupported ${at}`],
      /style sheets/,
    ],
    ['a grid', { html: '<p style="display: grid">x</p>' }, [`warning unsupported ${at}`], /"display: ?grid"/],
    [
      'an absolute position',
      { html: '<p style="position:absolute">x</p>' },
      [`warning unsupported ${at}`],
      /tables/,
    ],
    ['an empty subject', { subject: ' ' }, ['error subject subject:1:1'], /empty/],
    [
      'a shouted subject',
      { subject: 'YOUR ORDER IS HERE' },
      ['warning subject-spam subject:1:1'],
      /lower case/,
    ],
    ['an excited subject', { subject: 'It is here!!' }, ['warning subject-spam subject:1:1'], /exclamation/],
    [
      'a subject about money',
      { subject: 'Make money with us' },
      ['warning subject-spam subject:1:1'],
      /"Make money"/,
    ],
    ['a false answer', { subject: 'Re: your question' }, ['warning subject-spam subject:1:1'], /answer/],
    [
      'a long subject',
      { subject: 'a word '.repeat(20) },
      ['warning subject-length subject:1:1'],
      /139 characters/,
    ],
    ['no preheader', { preheader: '' }, ['warning preheader preheader:1:1'], /no preheader/],
    [
      'a preheader said before',
      { preheader: 'Your order is on its way' },
      ['warning preheader preheader:1:1'],
      /repeats/,
    ],
    [
      'a long preheader',
      { preheader: 'x'.repeat(150) },
      ['warning preheader preheader:1:1'],
      /150 characters/,
    ],
    [
      'more than Gmail shows',
      { html: `<p>${'x '.repeat(60_000)}</p>` },
      [`warning size ${at}`],
      /118 KB; Gmail/,
    ],
  ];
  for (const [what, input, faults, message] of wrong) {
    it(`finds ${what}`, () => {
      const found = faultsOf(input);
      expect(found.map(inShort)).to.deep.equal(faults);
      expect(found[0]?.message).to.match(message);
    });
  }

  const right = [
    '<a href="mailto:help@a.example">x</a>',
    '<a href="tel:+31201234567">x</a>',
    '<a href="https://a.example/?q=1#part">x</a>',
    '<a name="end"></a><a href="#end">x</a>',
    '<img alt="" src="cid:logo">',
    '<img alt="A mug" src="https://a.example/x.png" width="10">',
    '<!-- <script></script> --><p title="<form>">x</p>',
  ];
  for (const html of right) it(`lets ${html} through`, () => expect(faultsOf({ html })).to.deep.equal([]));

  it('wants a text part that somebody wrote', () => {
    const { text: _, ...rest } = faultless;
    const content = templateContent(rest);
    const found = inspect({ content, bulk: false, from: { email: 'shop@sender.example' } });
    expect(found.map(inShort)).to.deep.equal(['warning text-part text:1:1']);
  });

  it('wants a public address for a link to preferences, unless the template asks for one first', () => {
    const link = '<p><a href="{{{@preferences}}}">What you get</a></p>';
    const found = (html: string, hasPreferences: boolean) => {
      const content = templateContent({ ...faultless, html });
      const from = { email: 'shop@sender.example' };
      return inspect({ content, bulk: false, hasPreferences, from });
    };
    expect(found(link, true)).to.deep.equal([]);
    const [fault, ...more] = found(link, false);
    expect(fault && inShort(fault)).to.equal('error pages html:1:16');
    expect(fault?.message).to.match(/^@preferences leads nowhere, .* Set publicUrl/);
    expect(more).to.deep.equal([]);
    for (const known of [true, false])
      expect(found(`{{#if @preferences}}${link}{{else}}<p>x</p>{{/if}}`, known)).to.deep.equal([]);
  });

  it('wants a way to unsubscribe in bulk mail, and none elsewhere, where nobody would make a link of it', () => {
    expect(faultsOf({}, { bulk: true }).map(inShort)).to.deep.equal([
      'error unsubscribe html:1:1',
      'warning unsubscribe text:1:1',
    ]);
    const link = '<a href="{{{@unsubscribe}}}">Unsubscribe</a>';
    const offered = { html: link, text: 'Unsubscribe: {{{@unsubscribe}}}' };
    expect(faultsOf(offered, { bulk: true })).to.deep.equal([]);
    expect(faultsOf({})).to.deep.equal([]);
    expect(faultsOf(offered).map(inShort)).to.deep.equal([
      'error unsubscribe html:1:1',
      'error unsubscribe text:1:1',
    ]);
    const byLayout = { layout: { html: `{{> content}}${link}`, text: '{{> content}} {{@unsubscribe}}' } };
    expect(faultsOf(byLayout, { bulk: true })).to.deep.equal([]);
  });

  it('refuses merge fields in the From', () => {
    const from = { email: 'shop@sender.example', name: '{{shop}}' };
    expect(faultsOf({}, { from }).map(inShort)).to.deep.equal(['error from from:1:1']);
  });

  it('tells the place in layout, partial or part, whatever loop it came through', () => {
    const found = faultsOf({
      contract: { rows: { type: 'array', items: { type: 'string' } } },
      sample: { rows: ['one', 'two'] },
      layout: { html: '<div>\n  <img src="https://a.example/x.png">{{> content}}</div>' },
      partials: { html: { row: '<p>{{label}}\n{{! <b> "quoted" }}<a href="#">x</a></p>' } },
      html: '{{#each rows}}\n\n{{> row label="<b>"}} <img src="http://a.example" alt="{{this}}">\n{{/each}}',
    });
    expect(found.map(inShort)).to.have.members([
      'warning image-alt layout.html:2:3',
      'error link partial:row.html:2:20',
      'warning image html:3:23',
    ]);
    expect(found.map(({ locale }) => locale)).to.have.members([null, null, 'default']);
  });

  it('looks at each language', () => {
    const nl = { subject: 'GRATIS VERZENDING', preheader: 'Vandaag', html: '<a href="#">x</a>', text: 'x' };
    expect(faultsOf({ locales: { nl } }).map(fault => `${fault.locale} ${inShort(fault)}`)).to.have.members([
      'nl warning subject-spam subject:1:1',
      'nl error link html:1:1',
    ]);
  });

  it('finds what is empty without the optional fields', () => {
    const sample = { url: 'https://a.example/', name: 'Ada' };
    const link = '<a href="{{#if url}}{{url}}{{/if}}">{{#if name}}{{name}}{{/if}}</a>';
    const [empty] = faultsOf({ contract, sample, html: link });
    expect(empty).to.include({ severity: 'error', rule: 'link' });
    expect(empty?.message).to.match(/^When all optional fields are left out: A link has an empty address/);
    const guarded = '{{#if url}}<a href="{{url}}">{{/if}}{{#if name}}{{name}}{{/if}}{{#if url}}</a>{{/if}}';
    expect(faultsOf({ contract, sample, html: guarded })).to.deep.equal([]);
    const subject = '{{#if name}}{{name}}{{/if}}';
    expect(
      faultsOf({
        contract: { name: contract.name ?? { type: 'string' } },
        sample: { name: 'A' },
        subject,
      }).map(inShort),
    ).to.deep.equal(['error subject subject:1:1']);
  });
});
