import { expect } from 'chai';
import type { ContractSpec } from '../../server/mail/templates/language/contract.ts';
import type { RenderIssue } from '../../server/mail/templates/preview/outcome.ts';
import {
  createRenderPool,
  type RenderPool,
  renderSafely,
} from '../../server/mail/templates/preview/render-pool.ts';
import type { RenderedMail } from '../../server/mail/templates/preview/tasks/render.ts';
import { type ContentInput, templateContent } from '../support/template-content.ts';

const contract: ContractSpec = {
  name: { type: 'string', optional: true },
  rows: { type: 'array', items: { type: 'integer' }, optional: true },
};
const context = { locale: null, unsubscribe: '#' };
const rows = Array.from({ length: 200 }, (_, i) => i);
// Eight loops inside each other over two hundred rows: more rounds than there is time in the world.
const endless = '{{#each @root.rows}}'.repeat(8) + '{{/each}}'.repeat(8);

describe('rendering off the main thread', () => {
  let renderPool: RenderPool;
  before(() => {
    renderPool = createRenderPool({ threads: 2 });
  });
  after(() => renderPool.close());

  const render = (input: ContentInput, data: Record<string, unknown> = {}, limits = {}) =>
    renderSafely(renderPool, templateContent({ contract, ...input }), data, context, limits);

  const mailOf = async (...args: Parameters<typeof render>): Promise<RenderedMail> => {
    const outcome = await render(...args);
    if (!outcome.ok) throw new Error(outcome.problem.message);
    return outcome.value;
  };
  const problemOf = async (...args: Parameters<typeof render>): Promise<RenderIssue> => {
    const outcome = await render(...args);
    if (outcome.ok) throw new Error('It was rendered.');
    return outcome.problem;
  };

  it('gives what rendering gives, and the preheader', async () => {
    const parts = {
      subject: 'Hi {{name}}',
      preheader: 'For {{name}}',
      html: '<p>{{name}}</p>',
      text: '{{name}}',
    };
    expect(await mailOf(parts, { name: 'Ada' })).to.deep.equal({
      subject: 'Hi Ada',
      preheader: 'For Ada',
      html: '<p>Ada</p>',
      text: 'Ada\n',
    });
  });

  it('ends what takes too long, and goes on with a new thread', async () => {
    const loops = await Promise.all(
      [1, 2, 3].map(() => problemOf({ html: endless }, { rows }, { timeMs: 300 })),
    );
    expect(loops.map(({ rule }) => rule)).to.deep.equal(['time', 'time', 'time']);
    expect((await mailOf({ subject: 'still here' })).subject).to.equal('still here');
  });

  it('leaves the main thread free meanwhile', async () => {
    let turns = 0;
    const ticking = setInterval(() => turns++, 5);
    await problemOf({ html: endless }, { rows }, { timeMs: 300 });
    clearInterval(ticking);
    // One is enough, however little of a busy machine we get: a blocked thread has none.
    expect(turns).to.be.above(0);
  });

  it('ends what fills its memory', async () => {
    const small = createRenderPool({ threads: 1, heapMb: 48 });
    const html = `{{#each @root.rows}}{{#each @root.rows}}{{#each @root.rows}}${'{{this}}<br>'.repeat(200)}{{/each}}{{/each}}{{/each}}`;
    const content = templateContent({ contract, html });
    const outcome = await renderSafely(small, content, { rows }, context, { timeMs: 20_000 });
    await small.close();
    expect(outcome).to.include({ ok: false });
    expect(outcome.ok || outcome.problem.rule).to.be.oneOf(['memory', 'size', 'time']);
  });

  it('refuses a part that grows too large', async () => {
    const html = `{{#each rows}}${'x'.repeat(1000)}{{/each}}`;
    const problem = await problemOf({ html }, { rows }, { partBytes: 100_000 });
    expect(problem).to.include({
      rule: 'size',
      message: 'The rendered html is larger than 100000 bytes.',
    });
  });

  it('refuses 5 MB of HTML at once', async () => {
    const problem = await problemOf({ html: 'x'.repeat(5 * 1024 * 1024) });
    expect(problem).to.include({ rule: 'size', message: 'The source of html is larger than 1024 KB.' });
  });

  it('gives a partial that includes itself its plain answer', async () => {
    const problem = await problemOf({ html: '{{> a}}', partials: { html: { a: 'x{{> a}}' } } });
    expect(problem).to.include({ rule: 'template' });
    expect(problem.message).to.match(/partial a includes itself/);
  });

  const unreachable = [
    '{{constructor}}',
    '{{#with this as |o|}}{{o.constructor.name}}{{/with}}',
    '{{__proto__.toString}}',
    '{{lookup this "constructor"}}',
    '{{#with (lookup this "__proto__")}}{{this.constructor}}{{/with}}',
    '{{name.constructor}}',
    '{{@root.constructor.constructor}}',
  ];
  for (const html of unreachable) {
    it(`lets nothing out by ${html}`, async () => {
      const outcome = await render({ html }, { name: 'Ada' });
      if (outcome.ok) expect(outcome.value.html).to.equal('');
      else expect(outcome.problem.rule).to.equal('template');
    });
  }

  it('keeps hostile values text', async () => {
    const name = `<script>alert(1)</script>\r\nBcc: all@example.com "'{{name}}`;
    const mail = await mailOf(
      {
        subject: 'Hi {{name}}',
        preheader: '{{name}}',
        html: '<a title="{{name}}">{{name}}</a>',
        text: '{{name}}',
      },
      { name },
    );
    expect(mail.subject).to.equal(`Hi <script>alert(1)</script> Bcc: all@example.com "'{{name}}`);
    expect(mail.preheader).to.not.match(/[\r\n]/);
    expect(mail.html).to.not.match(/<script|title="[^"]*"'/);
    expect(mail.html).to.contain('&lt;script&gt;');
  });

  it('tells a fault of the data from one of the template', async () => {
    expect(await problemOf({}, { rows: 'none' })).to.include({ rule: 'data' });
    expect(await problemOf({ html: '{{#if' })).to.include({ rule: 'template' });
  });

  it('takes stored data, nulls for whatever was left out, though the contract has forgotten some', async () => {
    const mail = await mailOf({ subject: '{{#if name}}x{{else}}nobody{{/if}}' }, { name: null, gone: null });
    expect(mail.subject).to.equal('nobody');
    expect(await problemOf({}, { gone: 1 })).to.include({ rule: 'data' });
  });

  it('is done with when it is closed', async () => {
    const closing = createRenderPool({ threads: 1 });
    const content = templateContent({ contract, html: endless });
    const work = renderSafely(closing, content, { rows }, context, { timeMs: 60_000 });
    await closing.close();
    expect(await work).to.include({ ok: false });
    expect(await renderSafely(closing, content, { rows }, context)).to.include({ ok: false });
  });
  // Starting a thread takes seconds where every core is busy.
}).timeout(60_000);
