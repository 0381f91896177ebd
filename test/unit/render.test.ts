import { expect } from 'chai';
import { MailError } from '../../server/mail/error.ts';
import {
  compileTemplate,
  type RenderContext,
  type Rendered,
} from '../../server/mail/templates/language/render.ts';
import { refusalOf } from '../support/refusal.ts';
import { type ContentInput, templateContent } from '../support/template-content.ts';

function render(
  input: ContentInput,
  data: Record<string, unknown> = {},
  context: Partial<RenderContext> = {},
): Rendered {
  return compileTemplate(templateContent(input)).render(data, { locale: null, unsubscribe: '', ...context });
}

const refusal = (input: ContentInput, data: Record<string, unknown> = {}): MailError =>
  refusalOf(() => render(input, data));

describe('rendering', () => {
  describe('of values', () => {
    it('escapes them in HTML, and leaves them as they are in text and subject', () => {
      const name = `<b>"Ada" & 'Bo'</b>`;
      const mail = render(
        { subject: 'To {{name}}', html: '<p>{{name}}</p>', text: 'Dear {{name}}' },
        { name },
      );
      expect(mail.html).to.equal('<p>&lt;b&gt;&quot;Ada&quot; &amp; &#x27;Bo&#x27;&lt;/b&gt;</p>');
      expect(mail.text).to.equal(`Dear ${name}\n`);
      expect(mail.subject).to.equal(`To ${name}`);
    });

    it('escapes them in an attribute, so that none can break out of it', () => {
      const { html } = render({ html: '<a href="{{url}}">x</a>' }, { url: 'https://x.example/"onclick="y' });
      expect(html).to.contain('href="https://x.example/&quot;onclick&#x3D;&quot;y"');
    });

    it('never takes mustaches in them for a template', () => {
      const { html, text } = render({ html: '<p>{{name}}</p>', text: '{{name}}' }, { name: '{{secret}}' });
      expect(html).to.equal('<p>{{secret}}</p>');
      expect(text).to.equal('{{secret}}\n');
    });

    it('sets numbers side by side, never adds them up', () => {
      const partials = { text: { pair: '{{a}}{{b}}' } };
      const text =
        '{{a}}{{b}} {{#each list}}{{this}}{{@index}}{{/each}} {{#if a}}{{{b}}}{{{a}}}{{/if}} {{> pair}}';
      const mail = render(
        { subject: '{{a}}{{b}}', html: '{{{a}}}{{{b}}}', text, partials },
        { a: 1, b: 2, list: [5] },
      );
      expect(mail).to.deep.equal({ subject: '12', html: '12', text: '12 50 21 12\n' });
    });

    it('keeps a subject on one line whatever they contain', () => {
      const { subject } = render(
        { subject: 'Order {{a}}\n' },
        { a: '1\r\nBcc: eve@example.com\r\n\r\n\u2028x' },
      );
      expect(subject).to.equal('Order 1 Bcc: eve@example.com x');
    });

    it('keeps a preheader on one line too', () => {
      const layout = { html: '<i>{{@preheader}}</i>{{> content}}' };
      const { html } = render({ layout, preheader: 'a\n{{b}}\n', html: '<p>x</p>' }, { b: 'c\r\nd' });
      expect(html).to.equal('<i>a c d</i><p>x</p>');
    });
  });

  describe('is strict:', () => {
    it('a variable that is not in the data is an error which names the part', () => {
      for (const part of ['subject', 'preheader', 'html', 'text'] as const) {
        const error = refusal({ [part]: 'Hello {{name}}' });
        expect(error).to.include({ code: 'invalid-template', field: part });
        expect(error.message).to.contain(`The ${part} part`).and.contain('name');
      }
    });

    it('so is a field below null, or below a value', () => {
      expect(refusal({ html: '{{order.total}}' }, { order: null }).code).to.equal('invalid-template');
      expect(refusal({ html: '{{order.total}}' }, { order: 3 }).code).to.equal('invalid-template');
    });

    it('so are an unknown helper, an unknown partial and what does not parse', () => {
      for (const html of ['{{shout name}}', '{{> footer}}', '{{#if name}}', '{{@nothing}}']) {
        expect(refusal({ html }, { name: 'Ada' })).to.include({ code: 'invalid-template', field: 'html' });
      }
    });

    it('the message of an error does not quote the data', () => {
      const error = refusal({ html: '{{name}}{{missing}}' }, { name: 'a-private-name' });
      expect(error.message).not.to.contain('a-private-name');
    });
  });

  describe('reaches the data and nothing else:', () => {
    const paths = [
      'constructor',
      '__proto__',
      'toString',
      'order.constructor',
      'order.__proto__.x',
      'list.map',
      'list.constructor',
    ];
    const lookups = [
      '(lookup this "constructor")',
      '(lookup order "__proto__")',
      '(lookup (lookup order "constructor") "name")',
    ];
    const data = { order: { total: 1 }, list: [1], name: 'Ada' };

    for (const path of paths) {
      it(`{{${path}}} shows nothing or is refused`, () => {
        expect(renderedOrRefused(`[{{{${path}}}}]`)).to.be.oneOf(['[]', 'refused']);
        expect(renderedOrRefused(`{{#with ${path}}}[{{{this}}}]{{else}}[]{{/with}}`)).to.be.oneOf([
          '[]',
          'refused',
        ]);
      });
    }

    for (const lookup of lookups) {
      it(`${lookup} shows nothing`, () => {
        expect(renderedOrRefused(`{{#with ${lookup}}}[{{{this}}}]{{else}}[]{{/with}}`)).to.equal('[]');
      });
    }

    function renderedOrRefused(html: string): string {
      try {
        return render({ html }, data).html;
      } catch (error) {
        expect(error).to.be.instanceOf(MailError);
        return 'refused';
      }
    }
  });

  describe('of styles', () => {
    const style =
      '<style>.big { color: {{@brand.colour}} } @media (max-width: 9px) { .big { color: red } }</style>';
    const layout = { html: `<html><head>${style}</head><body>{{> content}}</body></html>` };
    const brand = { colour: '#123456' };

    it('moves them onto the elements of part and partial, with the brand put in', () => {
      const partials = { html: { note: '<p class="big">{{text}}</p>' } };
      const { html } = render(
        { layout, brand, partials, html: '<h1 class="big">{{t}}</h1>{{> note text=t}}' },
        { t: 'T' },
      );
      expect(html).to.contain('<h1 class="big" style="color: #123456;">T</h1>');
      expect(html).to.contain('<p class="big" style="color: #123456;">T</p>');
    });

    it('keeps media queries in the head', () => {
      expect(render({ layout, brand }).html).to.match(/<style>[^<]*@media \(max-width: 9px\)[^<]*<\/style>/);
    });

    it('leaves the mustaches of a table and of an attribute alone', () => {
      const source =
        '<table>{{#each rows}}<tr><td class="big" title="{{this}}">{{this}}</td></tr>{{/each}}</table>';
      const { html } = render({ layout, brand, html: source }, { rows: ['a', 'b'] });
      expect(
        html.match(/<tr><td class="big" title="\w" style="color: #123456;">\w<\/td><\/tr>/g),
      ).to.have.length(2);
    });
  });

  describe('of text', () => {
    it('makes it from the HTML when the template has none, links included, images and preheader not', () => {
      const layout = { html: '<html><body><div class="preheader">peek</div>{{> content}}</body></html>' };
      const html = '<h1>Hi {{name}}</h1><p>See <a href="{{url}}">the page</a></p><img src="x.png" alt="pic">';
      const { text } = render({ layout, html }, { name: '<Ada>', url: 'https://www.example.com/a?b=1&c=2' });
      expect(text).to.equal('Hi <Ada>\n\nSee the page [https://www.example.com/a?b=1&c=2]\n');
    });

    it('tidies blank lines and line ends', () => {
      expect(render({ text: '\n\na  \n\n\n\n{{#if x}}\nb\n{{/if}}\nc\n\n' }, { x: false }).text).to.equal(
        'a\n\nc\n',
      );
    });

    it('leaves the placeholder of the provider as it is', () => {
      const unsubscribe = '{{{ pm:unsubscribe }}}';
      const mail = render(
        { html: '<a href="{{{@unsubscribe}}}">x</a>', text: '{{{@unsubscribe}}}' },
        {},
        { unsubscribe },
      );
      expect(mail.html).to.equal(`<a href="${unsubscribe}">x</a>`);
      expect(mail.text).to.equal(`${unsubscribe}\n`);
    });
  });

  describe('in languages', () => {
    const parts = (word: string) => ({
      subject: word,
      html: `<p lang="{{@language}}">${word} {{number 1234.5}}</p>`,
    });
    const template = { ...parts('Hello'), locales: { nl: parts('Hallo'), 'pt-BR': parts('Olá') } };
    const cases: [locale: string | null, subject: string, html: string][] = [
      [null, 'Hello', '<p lang="en">Hello 1,234.5</p>'],
      ['nl', 'Hallo', '<p lang="nl">Hallo 1.234,5</p>'],
      ['nl-BE', 'Hallo', '<p lang="nl">Hallo 1.234,5</p>'],
      ['NL-be', 'Hallo', '<p lang="nl">Hallo 1.234,5</p>'],
      ['nl-Latn-BE', 'Hallo', '<p lang="nl">Hallo 1.234,5</p>'],
      ['pt-BR', 'Olá', '<p lang="pt-BR">Olá 1.234,5</p>'],
      ['de-DE', 'Hello', '<p lang="en">Hello 1.234,5</p>'],
    ];
    for (const [locale, subject, html] of cases) {
      it(`${locale ?? 'no locale'} gets "${subject}", named for what it is, with its own numbers`, () => {
        expect(render(template, {}, { locale })).to.include({ subject, html });
      });
    }

    it('the helper of the engine that prints to the console is none', () => {
      expect(refusal({ html: '{{log name}}' }, { name: 'Ada' }).message).to.match(/unknown helper log/);
    });

    it('a locale is never looked up in a prototype', () => {
      expect(render({ subject: 'Hello' }, {}, { locale: 'constructor' }).subject).to.equal('Hello');
    });
  });
});
