import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { MailError } from '../../server/mail/error.ts';
import { unsubscribePlaceholder } from '../../server/mail/providers/postmark/index.ts';
import { fileOf } from '../../server/mail/templates/authoring/file-names.ts';
import { readTemplateFiles } from '../../server/mail/templates/authoring/read-files.ts';
import { issue } from '../../server/mail/templates/issue.ts';
import {
  type ContractSpec,
  compileContract,
  type FieldSpec,
} from '../../server/mail/templates/language/contract.ts';
import { compileTemplate } from '../../server/mail/templates/language/render.ts';
import type { TemplateContent } from '../../server/mail/templates/language/template.ts';
import { checkPaths } from '../../server/mail/templates/language/walk.ts';
import { testPolicy } from '../support/policy.ts';

const shipped = path.join(import.meta.dirname, '../../templates/demo');
const keys = [
  'booking-confirmation',
  'confirm-subscription',
  'email-verification',
  'loyalty-tier-upgrade',
  'newsletter',
  'operational-alert',
  'order-confirmation',
  'order-shipped',
  'password-reset',
  'product-announcement',
  'receipt',
];

describe('the shipped templates', () => {
  let contents: TemplateContent[] = [];
  before(async () => {
    contents = await readTemplateFiles(shipped);
  });

  const contentOf = (key: string): TemplateContent => {
    const content = contents.find(one => one.key === key);
    if (!content) throw new Error(`There is no ${key}.`);
    return content;
  };

  const show = (content: TemplateContent, data: Record<string, unknown>, locale: string | null) =>
    compileTemplate(content).render(compileContract(content.contract).check(data), {
      locale,
      unsubscribe: unsubscribePlaceholder,
    });

  it('are eleven', () => {
    expect(contents.map(({ key }) => key)).to.deep.equal(keys);
  });

  for (const key of keys) {
    describe(key, () => {
      it('has a category that the default policy routes', () => {
        const { categories } = testPolicy({ email: 'shop@a.example' });
        expect(Object.keys(categories)).to.include(contentOf(key).category);
      });

      it('names only what its contract gives', () => {
        expect(checkPaths(contentOf(key))).to.deep.equal([]);
      });

      it('shows its sample in HTML and text, with nothing left to fill in', () => {
        const { subject, html, text } = show(contentOf(key), contentOf(key).sample, null);
        expect(subject).to.match(/^\S.*\S$/);
        expect(html)
          .to.match(/^<!doctype html>/i)
          .and.contain('</html>');
        expect(text)
          .to.have.length.above(200)
          .and.not.match(/<\/?(p|div|table|td|a|h1)\b/);
        for (const part of [subject, html, text]) expect(leftOver(part)).to.equal(null);
      });

      it('shows it to somebody of another language: their numbers, our words', () => {
        expect(show(contentOf(key), contentOf(key).sample, 'nl-NL').html).to.match(/<html lang="en"/);
      });

      it('does without each optional field', () => {
        const { contract, sample } = contentOf(key);
        const { html, text } = show(contentOf(key), withoutOptional(contract, sample), null);
        for (const part of [html, text]) expect(leftOver(part)).to.equal(null);
      });
    });
  }

  it('offer the placeholder for unsubscribing in bulk mail, and there alone', () => {
    const offering = contents
      .filter(one => show(one, one.sample, null).html.includes(unsubscribePlaceholder))
      .map(({ key }) => key);
    expect(offering).to.deep.equal(['newsletter', 'product-announcement']);
  });

  it('check a time zone and a currency at the door', () => {
    const refused: [key: string, group: string, wrong: Record<string, unknown>, field: string][] = [
      ['booking-confirmation', 'booking', { timeZone: 'Amsterdam' }, 'data.booking.timeZone'],
      [
        'booking-confirmation',
        'booking',
        { price: { amount: 1, currency: 'euro' } },
        'data.booking.price.currency',
      ],
      ['order-confirmation', 'order', { currency: 'eur' }, 'data.order.currency'],
      ['receipt', 'receipt', { currency: 'ZZZ' }, 'data.receipt.currency'],
    ];
    for (const [key, group, wrong, field] of refused) {
      const { contract, sample } = contentOf(key);
      const data = { ...sample, [group]: { ...(sample[group] as object), ...wrong } };
      expect(() => compileContract(contract).check(data))
        .to.throw(MailError)
        .with.property('field', field);
    }
  });
});

describe('reading template files', () => {
  let outer = '';
  let folder = '';
  beforeEach(async () => {
    outer = await mkdtemp(path.join(tmpdir(), 'postlane-templates-'));
    folder = path.join(outer, 'mails');
    await mkdir(folder);
    for (const part of ['brand.json', 'layouts', 'partials', 'receipt'])
      await cp(path.join(shipped, part), path.join(folder, part), { recursive: true });
  });
  afterEach(() => rm(outer, { recursive: true }));

  const put = (file: string, source: string) => writeFile(path.join(folder, file), source);
  /** From the folder around it on, which is where a person would find the file. */
  const below = (text: string) => text.replace(`${outer}${path.sep}`, '');
  const refusal = async (): Promise<MailError> => {
    const error: unknown = await readTemplateFiles(folder).catch((thrown: unknown) => thrown);
    if (error instanceof MailError) return error;
    throw new Error('There was no MailError.', { cause: error });
  };

  it('gives the parts of each language, and only the partials in use, also by way of others', async () => {
    await put('receipt/html.hbs', '{{> outer}}');
    await put('partials/outer.html.hbs', '{{#if name}}{{> inner}}{{/if}}');
    await put('partials/inner.html.hbs', '{{name}}');
    await put('receipt/subject.nl.hbs', '{{> tag}}');
    await put('partials/tag.text.hbs', 'Bon');
    await put('receipt/html.nl.hbs', 'Bon');
    const [content] = await readTemplateFiles(folder);
    expect(content?.locales).to.have.keys(['default', 'nl']);
    expect(content?.locales.nl).to.deep.equal({ subject: '{{> tag}}', html: 'Bon' });
    expect(content?.partials.html).to.have.keys(['outer', 'inner']);
    expect(content?.partials.text).to.include({ tag: 'Bon' });
  });

  const broken: [what: string, file: string, source: string, message: RegExp][] = [
    [
      'a part',
      'receipt/html.hbs',
      'one\n{{#if name}',
      /^mails\/receipt\/html\.hbs, line 2: This part does not parse/,
    ],
    [
      'a subject',
      'receipt/subject.hbs',
      '{{',
      /^mails\/receipt\/subject\.hbs, line 1: This part does not parse/,
    ],
    [
      'a preheader',
      'receipt/preheader.hbs',
      '{{/if}}',
      /^mails\/receipt\/preheader\.hbs, line 1: This part does not parse/,
    ],
    [
      'a partial',
      'partials/fact.html.hbs',
      '\n\n{{#if x}}{{/each}}',
      /^mails\/partials\/fact\.html\.hbs, line 3: .*if doesn't match each/,
    ],
    [
      'a text partial',
      'partials/fact.text.hbs',
      '{{x',
      /^mails\/partials\/fact\.text\.hbs, line 1: This part does not parse/,
    ],
    [
      'a layout',
      'layouts/default.text.hbs',
      '{{> content',
      /^mails\/layouts\/default\.text\.hbs, line 1: This part does not parse/,
    ],
    [
      'a use of an unknown partial',
      'receipt/text.hbs',
      '{{> footer}}',
      /^mails\/receipt\/text\.hbs: There is no partial footer\.$/,
    ],
    ['JSON', 'receipt/template.json', '{"category":', /^mails\/receipt\/template\.json cannot be read/],
    [
      'a template.json without its category',
      'receipt/template.json',
      '{"data":{},"sample":{}}',
      /^mails\/receipt\/template\.json: category is required/,
    ],
    [
      'a contract',
      'receipt/template.json',
      '{"category":"receipt","data":{"a":{"type":"text"}},"sample":{}}',
      /^mails\/receipt\/template\.json: data\.a\.type must be one of/,
    ],
    ['a brand', 'brand.json', '[', /^mails\/brand\.json cannot be read/],
  ];
  for (const [what, file, source, message] of broken) {
    it(`names the file of ${what} that is broken`, async () => {
      await put(file, source);
      const error = await refusal();
      expect(error.code).to.equal('invalid-template');
      expect(below(error.message)).to.match(message);
    });
  }

  it('names a broken part in another language', async () => {
    await put('receipt/subject.nl.hbs', 'Bon');
    await put('receipt/html.nl.hbs', '\n{{');
    expect(below((await refusal()).field ?? '')).to.equal('mails/receipt/html.nl.hbs');
  });

  it('names a template that lacks a part, and in which language', async () => {
    await put('receipt/html.nl.hbs', 'x');
    expect(below((await refusal()).message)).to.equal('mails/receipt lacks its subject or html for nl.');
    await rm(path.join(folder, 'receipt/html.nl.hbs'));
    await rm(path.join(folder, 'receipt/html.hbs'));
    expect(below((await refusal()).message)).to.equal('mails/receipt lacks its subject or html for default.');
  });

  it('names the folder of a brand’s own template, and what is below the working directory from there on', () => {
    const fault = issue('link', 'It leads nowhere.', { part: 'html', locale: 'nl' });
    const folders = { common: shipped, brands: { outlet: path.join(outer, 'outlet') } };
    const fileIn = (key: string) => fileOf(folders, { key, layout: 'default' }, fault);
    expect(below(fileIn('outlet.receipt'))).to.equal('outlet/receipt/html.nl.hbs');
    expect(fileIn('receipt')).to.equal('templates/demo/receipt/html.nl.hbs');
  });

  it('names a layout that is not there', async () => {
    await rm(path.join(folder, 'layouts/default.html.hbs'));
    expect(below((await refusal()).message)).to.match(/^mails\/layouts\/default\.html\.hbs cannot be read/);
  });

  it('names a folder without template.json', async () => {
    await rm(path.join(folder, 'receipt/template.json'));
    expect(await refusal()).to.include({ code: 'invalid-template' });
  });
});

/** The first mustache that was not filled in; the provider's own placeholder is none. */
function leftOver(part: string): string | null {
  return part.replaceAll(unsubscribePlaceholder, '').match(/\{\{|\}\}|\[object |undefined|NaN/)?.[0] ?? null;
}

function withoutOptional(contract: ContractSpec, data: Record<string, unknown>): Record<string, unknown> {
  const required = Object.entries(contract).filter(([, spec]) => !spec.optional);
  return Object.fromEntries(required.map(([field, spec]) => [field, bare(spec, data[field])]));
}

function bare(spec: FieldSpec, value: unknown): unknown {
  if (spec.items && Array.isArray(value)) return value.map(item => spec.items && bare(spec.items, item));
  return spec.fields ? withoutOptional(spec.fields, value as Record<string, unknown>) : value;
}
