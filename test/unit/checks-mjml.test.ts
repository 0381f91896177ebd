import { expect } from 'chai';
import { compileTemplate } from '../../server/mail/templates/language/render.ts';
import { compileMjml } from '../../server/mail/templates/preview/tasks/compile-mjml.ts';
import { inspect } from '../../server/mail/templates/preview/tasks/inspect.ts';
import { inShort } from '../support/inspection.ts';
import { templateContent } from '../support/template-content.ts';

const mjml = (body: string, head = '') => `<mjml><mj-head>${head}</mj-head><mj-body>
${body}
</mj-body></mjml>`;
const column = (inside: string) => mjml(`<mj-section><mj-column>\n${inside}\n</mj-column></mj-section>`);

describe('MJML', () => {
  it('becomes HTML in which Handlebars is as it was', async () => {
    const source = column(
      `<mj-text color="{{@brand.colour}}">Hi {{name}}{{#if (eq kind "a")}}, {{kind}}{{/if}}</mj-text>
       <mj-raw>{{#each rows}}</mj-raw><mj-button href="{{url}}">{{title}}</mj-button><mj-raw>{{/each}}</mj-raw>`,
    );
    const { html, issues } = await compileMjml(source);
    expect(issues).to.deep.equal([]);
    const content = templateContent({ html, brand: { colour: '#123456' } });
    const data = { name: '<b>', kind: 'a', rows: [{ url: 'https://a.example/1', title: 'One' }] };
    const rendered = compileTemplate(content).render(data, { locale: null, unsubscribe: '' });
    expect(rendered.html).to.contain('Hi &lt;b&gt;, a').and.contain('color:#123456');
    expect(rendered.html).to.match(/<a[^>]+href="https:\/\/a.example\/1"[^>]*>\s*One/);
  });

  it('passes the checks of HTML', async () => {
    const { html } = await compileMjml(
      column('<mj-text>Hello</mj-text><mj-image src="https://a.example/x.png" />'),
    );
    const content = templateContent({ preheader: 'More', text: 'Hello', html });
    const faults = inspect({ content, bulk: false, from: { email: 'a@b.example' } });
    expect(faults.filter(({ severity }) => severity === 'error')).to.deep.equal([]);
  });

  it('fetches no font but one it names', async () => {
    const text = '<mj-text font-family="Own, sans-serif">Hello</mj-text><mj-text>There</mj-text>';
    const own = '<mj-font name="Own" href="https://a.example/own.css" />';
    const hosts = async (source: string) =>
      [...(await compileMjml(source)).html.matchAll(/https:\/\/([^/"')]+)\/[^"')]*css/g)].map(
        ([, host]) => host,
      );
    expect(await hosts(column(text))).to.deep.equal([]);
    const named = mjml(`<mj-section><mj-column>${text}</mj-column></mj-section>`, own);
    expect([...new Set(await hosts(named))]).to.deep.equal(['a.example']);
  });

  it('is told its errors by line', async () => {
    const { html, issues } = await compileMjml(
      column('<mj-bogus>x</mj-bogus>\n<mj-image width="wide" src="x" />'),
    );
    expect(html).to.equal('');
    expect(issues.map(inShort)).to.deep.equal(['error mjml mjml:3:1', 'error mjml mjml:4:1']);
    expect(issues[0]?.message).to.match(/mj-bogus doesn't exist/);
  });

  const refused = ['', 'hello', '<mjml></mjml>', '<p>x</p>', '<mjml><mj-body></mj-text></mj-body>'];
  for (const source of refused) {
    it(`${JSON.stringify(source)} gets a plain answer`, async () => {
      const { html, issues } = await compileMjml(source);
      if (issues.length === 0) expect(html).to.match(/^\s*<!doctype html>/i);
      else expect(issues[0]).to.include({ part: 'mjml', severity: 'error', rule: 'mjml' });
    });
  }

  it('reads no files', async () => {
    for (const include of ['<mj-include path="/etc/hostname" />', '<MJ-INCLUDE path="x" type="css"/>']) {
      const { html, issues } = await compileMjml(mjml(include));
      expect(html).to.equal('');
      expect(issues[0]?.message).to.match(/reads files/);
      expect(issues[0]?.line).to.equal(2);
    }
  });
});
