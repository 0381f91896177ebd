import { expect } from 'chai';
import express, { Router } from 'express';
import Handlebars from 'handlebars';
import request from 'supertest';
import { templateRouter } from '../../server/admin/templates/router.ts';
import type { Mail, Source, SourceRef } from '../../server/mail/index.ts';
import { threadMs } from '../fuzz/support/thread-time.ts';
import { testDatabase } from '../support/database.ts';
import { routesIn } from '../support/route-stack.ts';
import { openPagesMail, type PagesMail } from './pages-mail.ts';
import { templateDesk } from './template-desk.ts';

/** Processor time of the main thread for one page of a template that does harm, in ms: generous, on a machine of any kind. */
const mostMs = 2_500;
const marker = 'UNPUBLISHED';

const calls = (deep: number) => `<p>${marker}</p>{{eq ${'(eq '.repeat(deep)}`;
const nested = (deep: number) => {
  let value: unknown = { type: 'string' };
  for (let i = 0; i < deep; i++) value = { type: 'object', fields: { a: value } };
  return { a: value };
};

/** What is written into the table as a draft, past every door. */
const poisons: [what: string, change: (content: Source<'template'>['content']) => void, fault: RegExp][] = [
  ['20 KB of helpers in helpers', inHtml(calls(5_000)), /helpers more than 16 deep/],
  ['blocks in blocks', inHtml(`${'{{#if a}}'.repeat(2_400)}${'{{/if}}'.repeat(2_400)}`), /too many blocks/],
  ['2 MB of raw blocks', inHtml('{{{{raw}}}}'.repeat(190_000)), /larger than 1024 KB/],
  ['100,000 mustaches', inHtml('{{a}}'.repeat(100_000)), /more than 5000 mustaches/],
  ['100,000 named arguments', inHtml(`{{> button ${'a=1 '.repeat(100_000)}}}`), /more than 25000 words/],
  [
    'a contract 5,000 deep',
    content => Object.assign(content, { contract: nested(1_700) }),
    /The contract goes deeper/,
  ],
  [
    'a sample 5,000 deep',
    content => Object.assign(content, { sample: nested(1_700) }),
    /The sample goes deeper/,
  ],
  [
    'a contract of what is no field',
    content =>
      Object.assign(content, {
        contract: { a: null, b: { type: 'array', items: null, enum: 'x' }, c: { type: 'object', fields: 5 } },
      }),
    /The field a must be of type object/,
  ],
  ['17,000 languages', content => Object.assign(content.locales, manyLanguages()), /1700\d languages/],
  [
    '20,000 languages that are none',
    content => {
      for (let i = 0; i < 20_000; i++) content.locales[`x${i}`] = { subject: 's', html: 'h' };
    },
    /2000\d languages|cannot be read/,
  ],
  ...(
    [
      ['no languages', { locales: null }],
      ['a text that is a number', { locales: { default: { subject: 's', html: 5 } } }],
      ['a contract that is a list', { contract: [1] }],
      ['a layout without end', { layout: 'x'.repeat(100_000) }],
      ['no content', { contract: undefined, sample: undefined, locales: undefined }],
    ] as const
  ).map(([what, parts]): (typeof poisons)[number] => [
    what,
    content => Object.assign(content, parts),
    /The template cannot be read/,
  ]),
];

/** Each of them could be one: `aa-AA`, `ba-AA` and so on. */
function manyLanguages(): Record<string, { subject: string; html: string }> {
  const letter = (i: number) => String.fromCharCode(97 + (i % 26));
  const name = (i: number) => `${letter(i)}${letter(i / 26)}-${letter(i / 676)}a`;
  return Object.fromEntries(Array.from({ length: 17_000 }, (_, i) => [name(i), { subject: 's', html: 'h' }]));
}

function inHtml(html: string): (content: Source<'template'>['content']) => void {
  return content => Object.assign(content.locales.default, { html });
}

describe('pages about templates, given drafts that do harm', function () {
  this.timeout(300_000);
  const db = testDatabase();
  const ref: SourceRef & { kind: 'template' } = { kind: 'template', key: 'email-verification' };
  let opened: PagesMail;
  let clean: string;
  const parsed: string[] = [];
  const parse = Handlebars.parse;

  before(async () => {
    opened = await openPagesMail();
    const view = await opened.mail.templates.get(ref);
    clean = JSON.stringify(view?.published?.source.content);
    // Whatever way leads there, the parser is this one function of this thread.
    Handlebars.parse = (source, options) => {
      if (typeof source === 'string' && source.includes(marker))
        parsed.push(new Error('parsed here').stack ?? '');
      return parse(source, options);
    };
  });
  after(async () => {
    Handlebars.parse = parse;
    await opened.mail.close();
  });

  const store = async (content: unknown) => {
    await db('postlane_template_sources')
      .where({ kind: ref.kind, source_key: ref.key })
      .update({
        draft: JSON.stringify(content),
        draft_base: 1,
        draft_at: new Date(),
        draft_by: 'mallory',
        revision: db.raw('revision + 1'),
      });
  };

  /** Every page about a template that is read, as its router has them: one that is added later is among them. */
  const pagesOf = (mail: Mail): string[] => {
    const router = Router();
    router.use(templateRouter(mail, () => {}));
    return routesIn(express().use(router).router as never)
      .filter(({ method, path }) => method === 'get' && path !== '/new')
      .map(({ path }) =>
        path
          .replace(':ref', ref.key)
          .replace(':version', '1')
          .replace(/\/:message\/:side$/, '/01900000-0000-7000-8000-000000000000/draft'),
      );
  };

  const spentOn = async (work: () => Promise<unknown>): Promise<number> => {
    const before = threadMs();
    await work();
    return threadMs() - before;
  };

  it('are all visited', () => {
    expect(pagesOf(opened.mail)).to.include.members([
      '/',
      '/email-verification',
      '/email-verification/preview',
      '/email-verification/publication',
      '/email-verification/replay',
      '/email-verification/history',
      '/email-verification/diff',
    ]);
  });

  it('leave what is not published to the pool, on every page and for every button', async () => {
    const content = JSON.parse(clean);
    content.locales.default.html = `<p>${marker} {{> button url=verificationUrl label="x"}}</p>`;
    content.locales.default.subject = `${marker} {{#if a}}`;
    await store(content);
    const desk = templateDesk(opened.mail, person => opened.appAt('/', person));
    const admin = await desk.visit('admin');
    for (const path of [...pagesOf(opened.mail), '/email-verification/diff?from=1&to=draft'])
      expect((await admin.get(path === '/' ? '' : path)).status, path).to.be.below(500);
    const form = await desk.formOf(ref.key, {});
    for (const next of ['save', 'test', 'publish', 'add-language', 'save-sample-data'])
      await admin.post('/email-verification/draft', {
        ...form,
        next,
        newLanguage: 'nl',
        testTo: 'a@shop.example',
      });
    await admin.send('/email-verification/preview', form);
    const revision = await desk.revisionOf(ref.key);
    await admin.post('/email-verification/publication', { revision, message: 'm', acceptWarnings: 'yes' });
    await admin.post('/email-verification/draft', { ...form, revision: '1' });
    expect(parsed).to.deep.equal([]);
  });

  for (const [what, change, fault] of poisons) {
    it(`show ${what} as a fault, and let it be discarded`, async () => {
      const content = JSON.parse(clean);
      change(content);
      await store(content);
      const desk = templateDesk(opened.mail, person => opened.appAt('/', person));
      const admin = await desk.visit('admin');
      for (const path of pagesOf(opened.mail)) {
        let status = 0;
        const spent = await spentOn(async () => {
          ({ status } = await admin.get(path === '/' ? '' : path));
        });
        expect(status, path).to.be.below(500);
        expect(spent, path).to.be.below(mostMs);
      }
      expect((await admin.get('/email-verification')).status).to.equal(200);
      expect((await admin.get('/email-verification/publication')).text).to.match(fault);
      const revision = await desk.revisionOf(ref.key);
      const answer = await admin.post('/email-verification/publication', {
        revision,
        message: 'm',
        acceptWarnings: 'yes',
      });
      expect(answer.status).to.equal(422);
      expect((await admin.post('/email-verification/discard', { revision })).status).to.equal(303);
      expect((await opened.mail.templates.get(ref))?.draft).to.equal(null);
    });
  }

  it('compare 2 MB with what is published in a page that can be read', async () => {
    const content = JSON.parse(clean);
    content.locales.default.html = Array.from({ length: 200_000 }, (_, i) => `<p>${i}</p>`)
      .join('\n')
      .slice(0, 2_000_000);
    content.locales.default.text = 'x'.repeat(2_000_000);
    await store(content);
    const app = opened.appAt('/');
    for (const path of ['diff?from=1&to=draft', 'publication', 'versions/1']) {
      const { text, status } = await request(app).get(`/templates/email-verification/${path}`);
      expect(status).to.equal(200);
      expect(text.length, path).to.be.below(1_500_000);
    }
    const { text } = await request(app).get('/templates/email-verification/diff?from=1&to=draft');
    expect(text).to.match(/further lines of this change are not shown/);
  });

  it('show of a conflict no more than can be read of the other side, and all of what will be saved', async () => {
    const content = JSON.parse(clean);
    content.locales.default.text = `theirs ${'t'.repeat(900_000)}`;
    await store(content);
    const desk = templateDesk(opened.mail, person => opened.appAt('/', person));
    const admin = await desk.visit('admin');
    const form = await desk.formOf(ref.key, {
      'locales[default][text]': `mine ${'m'.repeat(500_000)}`,
      revision: '1',
      next: 'save',
    });
    const { status, text } = await admin.post('/email-verification/draft', form);
    expect(status).to.equal(409);
    expect(/t{1000,}/.exec(text)?.[0].length).to.be.below(60_000);
    expect(/m{1000,}/.exec(text)?.[0].length).to.equal(500_000);
    expect(text).to.match(/\d+ more characters/);
  });

  it('list no more issues of a draft than can be read', async () => {
    const content = JSON.parse(clean);
    content.locales.default.html = Array.from({ length: 1_000 }, (_, i) => `<p>{{unknown${i}}}</p>`).join(
      '\n',
    );
    await store(content);
    const { text } = await request(opened.appAt('/')).get('/templates/email-verification/publication');
    expect(text.match(/unknown\d+/g)?.length ?? 0).to.be.above(100);
    expect(text)
      .to.match(/\d+ errors</)
      .and.match(/Further issues are not shown/);
    expect(text.length).to.be.below(500_000);
  });
});
