import { expect } from 'chai';
import type { ComposedSend, SendInput } from '../../server/mail/index.ts';
import { useCheckedTemplates } from '../support/checked-templates.ts';
import { testDatabase } from '../support/database.ts';
import { refusal } from '../support/refusal.ts';

const composed = (over: Partial<ComposedSend> = {}): ComposedSend => ({
  category: 'order',
  subject: 'Your order',
  html: '<p>It is on its <b>way</b>: <a href="https://shop.example/orders/1">order 1</a>.</p>',
  to: 'ada@mail.example',
  ...over,
});

describe('mail that was composed without a template', () => {
  const db = testDatabase();
  const shop = useCheckedTemplates();
  afterEach(async () => {
    shop.api.given.length = 0;
    shop.smtp.given.length = 0;
    await db('postlane_messages').delete();
  });

  const sent = async (over: Partial<ComposedSend> = {}) => {
    const { id } = await shop.mail.send(composed(over), { wait: true });
    return { id, envelope: shop.api.given.at(-1) };
  };
  const refused = async (input: object) => {
    const { code, field } = await refusal(shop.mail.send(input as SendInput));
    return `${code} at ${field}`;
  };

  it('goes out exactly as it was given, with a text made from its HTML', async () => {
    const { id, envelope } = await sent();
    expect(envelope).to.deep.include({
      subject: 'Your order',
      html: composed().html,
      text: 'It is on its way: order 1 [https://shop.example/orders/1].\n',
      from: { email: 'shop@sender.example', name: 'Test Shop' },
    });
    expect(await shop.mail.messages.get(id)).to.include({
      state: 'sent',
      category: 'order',
      template: null,
      subject: 'Your order',
      confidential: false,
    });
    expect(await shop.mail.messages.preview(id)).to.deep.equal({
      subject: 'Your order',
      html: envelope?.html,
      text: envelope?.text,
    });
  });

  it('takes nothing of it for Handlebars', async () => {
    const html = '<p>{{name}} {{#if x}} \\{{y}} {{{z}}}</p>';
    expect((await sent({ html })).envelope?.html).to.equal(html);
    const wrapped = await sent({ html, layout: 'default' });
    expect(wrapped.envelope?.html).to.contain('{{name}} {{#if x}} \\{{y}} {{{z}}}');
  });

  it('needs no HTML', async () => {
    const { envelope } = await sent({ html: undefined, text: 'Hello & goodbye' });
    expect(envelope).to.deep.include({ html: '', text: 'Hello & goodbye' });
  });

  it('is put into a layout, with the styles of that', async () => {
    const { envelope } = await sent({ html: '<p class="muted">Hi</p>', text: undefined, layout: 'default' });
    expect(envelope?.html)
      .to.match(/^<!doctype html>/i)
      .and.contain('font-size: 16px');
    expect(envelope?.html).to.match(/<p class="muted" style="[^"]*#565d66[^"]*">Hi<\/p>/);
    expect(envelope?.text).to.match(/Hi\n[\s\S]*Questions\?/);
    const textOnly = await sent({ html: undefined, text: 'One <two>\n\nThree', layout: 'default' });
    expect(textOnly.envelope?.html).to.contain('One &#60;two&#62;');
    expect(await refused(composed({ layout: 'nowhere' }))).to.equal('invalid-input at layout');
    expect(await refused(composed({ html: '<html><body>x</body></html>', layout: 'default' }))).to.equal(
      'invalid-input at html',
    );
  });

  it('follows the rules of its category: stream, suppression and consent', async () => {
    await shop.mail.suppressions.add('outbound', 'ada@mail.example', 'asked by phone');
    const { id } = await sent();
    expect(await shop.mail.messages.get(id)).to.include({ state: 'suppressed', stream: 'outbound' });
    shop.clock.advance(1000);
    await shop.mail.suppressions.lift('outbound', 'ada@mail.example', 'asked by phone');
    await shop.mail.consent.record({ topic: 'news', address: 'ada@mail.example', granted: false });
    const news = await shop.mail.send(composed({ category: 'newsletter', topic: 'news' }));
    await shop.mail.work.deliverDue('bulk');
    expect(await shop.mail.messages.get(news.id)).to.include({
      state: 'suppressed',
      reason: 'consent withdrawn',
      stream: 'broadcast',
    });
    expect(await refused(composed({ category: 'nothing' }))).to.equal('unknown-category at category');
  });

  it('gets a link to unsubscribe where its category is bulk and it has none', async () => {
    const bulk = async (over: Partial<ComposedSend>) => {
      await shop.mail.send(composed({ category: 'newsletter', ...over }));
      await shop.mail.work.deliverDue('bulk');
      const { html, text } = shop.smtp.given.at(-1) ?? { html: '', text: '' };
      return [html, text].map(part => part.split('{{{ pm:unsubscribe }}}').length - 1);
    };
    expect(await bulk({})).to.deep.equal([1, 1]);
    expect(await bulk({ html: '<html><body>Hi</body></html>' })).to.deep.equal([1, 1]);
    expect(shop.smtp.given.at(-1)?.html).to.match(/Unsubscribe<\/a><\/p>\n<\/body><\/html>$/);
    expect(await bulk({ html: '<a href="{{unsubscribe}}">No more</a>' })).to.deep.equal([1, 1]);
    expect(await bulk({ html: '<a href="{{{ pm:unsubscribe }}}">No</a>', text: 'x' })).to.deep.equal([1, 1]);
    expect(await bulk({ layout: 'newsletter' })).to.deep.equal([1, 1]);
    expect(await bulk({ html: undefined, text: 'News' })).to.deep.equal([0, 1]);
    await sent();
    expect(shop.api.given.at(-1)?.html).not.to.contain('nsubscribe');
  });

  it('is refused, by the field, when it is wrong', async () => {
    const base = { to: 'ada@mail.example' };
    expect(await refused(base)).to.equal('invalid-input at template');
    expect(await refused({ ...base, template: 'receipt', subject: 'x' })).to.equal(
      'invalid-input at subject',
    );
    expect(await refused({ ...composed(), template: 'receipt' })).to.equal('invalid-input at category');
    expect(await refused({ ...composed(), data: { a: 1 } })).to.equal('invalid-input at data');
    expect(await refused({ ...base, category: 'order', html: 'x' })).to.equal('invalid-input at subject');
    expect(await refused({ ...base, subject: 'x', html: 'x' })).to.equal('invalid-input at category');
    expect(await refused({ ...base, category: 'order', subject: 'x' })).to.equal('invalid-input at html');
    expect(await refused(composed({ subject: 'a\r\nBcc: eve@mail.example' }))).to.equal(
      'invalid-input at subject',
    );
    expect(await refused(composed({ subject: 'x'.repeat(2001) }))).to.equal('too-large at subject');
    expect(await refused(composed({ html: 'x'.repeat(5 * 1024 * 1024 + 1), text: 'x' }))).to.equal(
      'too-large at html',
    );
    expect(await db('postlane_messages')).to.deep.equal([]);
  });

  it('has no links that are dangerous or lead nowhere', async () => {
    for (const href of [
      'javascript:alert(1)',
      ' java\nscript:x',
      '/orders',
      'orders.html',
      'ftp://a.example/',
    ])
      expect(await refused(composed({ html: `<a href="${href}">x</a>` })), href).to.equal(
        'invalid-input at html',
      );
    expect(await refused(composed({ html: '<img src="/logo.png">' }))).to.equal('invalid-input at html');
    const old = { html: '<a href="/orders">x</a><img src="a.png">', checkLinks: false };
    expect((await sent(old)).envelope?.html).to.equal(old.html);
    const script = composed({ html: '<a href="javascript:x">x</a>', checkLinks: false });
    expect(await refused(script)).to.equal('invalid-input at html');
    await sent({ html: '<a href="#top">x</a><a name="top"></a><img src="cid:logo"><a href="tel:+31">y</a>' });
  });

  it('is for its recipient alone when it says so', async () => {
    const { id } = await sent({ confidential: true, subject: 'Your code is 1234' });
    expect((await refusal(shop.mail.messages.preview(id))).code).to.equal('confidential');
    expect((await refusal(shop.mail.messages.content(id))).code).to.equal('confidential');
    expect((await refusal(shop.mail.messages.resend(id))).code).to.equal('confidential');
    expect(await shop.mail.messages.get(id)).to.include({ subject: null, confidential: true });
    expect((await shop.mail.messages.find({ subject: 'Your code is 1234' })).messages).to.deep.equal([]);
    expect(JSON.stringify(await db('postlane_messages'))).not.to.contain('1234');
  });

  it('is sent again as it was', async () => {
    const { id, envelope } = await sent({ layout: 'default' });
    await shop.mail.messages.resend(id);
    await shop.mail.work.deliverDue('transactional');
    expect(shop.api.given).to.have.length(2);
    expect(shop.api.given[1]).to.deep.include({ html: envelope?.html, text: envelope?.text });
  });

  it('is the same mail again under its idempotency key, or a conflict that names what differs', async () => {
    const first = await shop.mail.send(composed({ idempotencyKey: 'order-1' }));
    const again = await shop.mail.send(composed({ idempotencyKey: 'order-1' }));
    expect(again).to.deep.include({ id: first.id, repeated: true });
    const other = await refusal(
      shop.mail.send(composed({ idempotencyKey: 'order-1', subject: 'Another order' })),
    );
    expect(other).to.include({ code: 'idempotency-conflict', field: 'subject' });
  });

  it('loses its content and its subject when it is old enough', async () => {
    const { id } = await sent({ metadata: { account: 'account-42' } });
    shop.clock.advance(46 * 24 * 3_600_000);
    await shop.mail.work.purge();
    expect(await shop.mail.messages.preview(id)).to.equal(null);
    expect(await shop.mail.messages.get(id)).to.deep.include({ subject: null, metadata: {} });
    expect(
      JSON.stringify([await db('postlane_messages'), await db('postlane_message_metadata')]),
    ).not.to.match(/Your order|account-42/);
  });

  it('is counted, under no template', async () => {
    await sent();
    await shop.mail.work.rollUp();
    const { streams } = await shop.mail.monitoring.series(2, 1);
    expect(streams.find(({ stream }) => stream === 'outbound')?.total.accepted).to.be.greaterThan(0);
    expect((await shop.mail.monitoring.templates(1)).map(({ template }) => template)).not.to.include('');
  });
});
