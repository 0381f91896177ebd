import { AssertionError } from 'node:assert';
import { expect, use } from 'chai';
import { demoPolicy } from '../../server/demo/policy.ts';
import { demoTemplates } from '../../server/demo/templates.ts';
import { MailError } from '../../server/mail/index.ts';
import {
  assertNothingSent,
  assertNotSent,
  assertQueued,
  assertSent,
  type FakeMail,
  fakeMail,
  linksOf,
  postlaneChai,
} from '../../server/testing/index.ts';
import { newsletterData, resetInput, upgradeInput } from '../support/inputs.ts';

use(postlaneChai);

const refusal = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => new Error('nothing was refused'),
    (error: Error) => error,
  );

describe('fakeMail', () => {
  let mail: FakeMail;

  beforeEach(() => {
    mail = fakeMail({ templates: demoTemplates, policy: demoPolicy });
  });
  afterEach(() => mail.close());

  it('keeps what was sent, rendered from the files, for finders and assertions', async () => {
    const { id, state } = await mail.send(resetInput());
    expect(state).to.equal('sending');
    expect((await mail.messages.get(id))?.state).to.equal('sent');
    const sent = await mail.sent.to('ada@mail.example');
    expect(sent).to.include({ template: 'password-reset', messageId: id, from: '"Test" <test@example.com>' });
    expect(sent.link('/reset/')).to.equal('https://shop.example/reset/1');
    expect(sent.html).to.include('https://shop.example/reset/1');
    await expect(mail).to.have.sent({ to: 'ada@mail.example', subject: /password/ }, 1);
    await expect(mail).to.not.have.sent({ to: 'bob@mail.example' });
    expect((await refusal(assertNothingSent(mail))).message).to.include('"Reset your');
  });

  it('records what an adapter’s transaction sent once it has committed', async () => {
    const committed: (() => void)[] = [];
    const trx = { query: async () => [], afterCommit: (work: () => void) => void committed.push(work) };
    await mail.send(resetInput(), { trx });
    await assertNothingSent(mail);
    for (const work of committed) work();
    await assertSent(mail, { to: 'ada@mail.example' }, 1);
  });

  it('has time under control, and a round of the worker on call', async () => {
    await mail.send(upgradeInput({ sendAt: new Date(Date.now() + 60_000) }));
    await mail.work();
    await assertQueued(mail, { template: 'loyalty-tier-upgrade' }, 1);
    await assertNotSent(mail, {});
    await mail.clock.advance({ minutes: 2 });
    expect(await mail.work.deliverDue('bulk')).to.equal(0);
    await mail.work();
    await assertSent(mail, { template: 'loyalty-tier-upgrade' }, 1);
  });

  it('forgets everything when it is reset, and its clock is real again', async () => {
    await mail.send(resetInput({ idempotencyKey: 'k' }));
    await mail.suppressions.add('outbound', 'ada@mail.example', 'asked');
    await mail.clock.advance({ days: 1 });
    await mail.reset();
    await assertNothingSent(mail);
    expect(Math.abs(mail.clock.now().getTime() - Date.now())).to.be.below(1000);
    expect(await mail.send(resetInput({ idempotencyKey: 'k' }), { wait: true })).to.include({
      state: 'sent',
      repeated: false,
    });
  });

  it('says which function needs the database, and what to use instead', async () => {
    const text = /^fakeMail has no mail\.monitoring\.series, .* use captureMail/;
    expect(
      (
        await refusal(
          (mail.monitoring as never as Record<string, () => Promise<unknown>>).series?.() as never,
        )
      ).message,
    ).to.match(text);
    expect((await refusal(mail.messages.timeline('x'))).message).to.include('mail.messages.timeline');
    expect((await refusal(mail.templates.files.import())).message).to.include('mail.templates.files.import');
    expect((await refusal(mail.work({ also: ['reconcile'] }))).message).to.include('mail.work.reconcile');
  });

  it('refuses sends once it is closed', async () => {
    await mail.close();
    expect(await refusal(mail.send(resetInput()))).to.include({ code: 'closed' });
  });

  it('is apart from others of the process', async () => {
    const other = fakeMail({ templates: demoTemplates, policy: demoPolicy });
    await other.send(resetInput());
    await assertNothingSent(mail);
    await other.close();
  });

  it('knows the recipient by the link in a mail, and of no other link', async () => {
    const own = fakeMail({
      ...{ templates: demoTemplates, policy: demoPolicy, unsubscribe: 'own' },
      ...{
        publicUrl: 'https://shop.example/mail',
        secretKeys: ['a-key-of-the-tests-of-32-characters-or-more'],
      },
    });
    const { id } = await own.send({ template: 'newsletter', to: 'Ada@mail.example', data: newsletterData });
    await own.work();
    const { headers } = await own.sent.last();
    const header = headers.find(({ Name }) => Name === 'List-Unsubscribe')?.Value;
    const token = /unsubscribe\/([^>]+)>/.exec(header ?? '')?.[1] ?? '';
    expect(await own.consent.recipientOf(token)).to.deep.equal({
      ...{ messageId: id, address: 'ada@mail.example', locale: null },
      topic: { key: 'newsletter', name: 'Newsletter', description: '', open: true },
      brand: { name: 'Alder & Finch', colour: '#12766a' },
    });
    expect(await own.consent.recipientOf(`${token}x`)).to.equal(null);
    await own.close();
  });

  it('names the folder that lacks a template', async () => {
    const without = fakeMail({ templates: 'no-such-folder' });
    const error = await refusal(without.send(resetInput()));
    expect(error).to.be.instanceOf(MailError).and.include({ code: 'unknown-template', field: 'template' });
    expect(error.message).to.include('no-such-folder');
    await without.close();
  });
});

describe('the links and codes of a mail', () => {
  it('are each found once, decoded, those of the HTML first', () => {
    const html =
      '<a class="b" href="https://a.example/?x=1&amp;y=2">A</a> <a href=\'https://b.example\'>B</a>';
    const text = 'See https://b.example, or (https://c.example/path).';
    expect(linksOf({ html, text })).to.deep.equal([
      'https://a.example/?x=1&y=2',
      'https://b.example',
      'https://c.example/path',
    ]);
  });

  it('are codes where digits stand alone', async () => {
    const mail = fakeMail({ templates: demoTemplates, policy: demoPolicy });
    const text = 'Order A-1234567 of 12.5000: your code is 482913.';
    await mail.send({ category: 'account', subject: 'Code', text, to: 'ada@mail.example' });
    expect((await mail.sent.last()).code()).to.equal('482913');
    await mail.send({ category: 'account', subject: 'None', text: 'Nothing', to: 'bob@mail.example' });
    const none = await mail.sent.to('bob@mail.example');
    expect(() => none.code()).to.throw(AssertionError, 'Nothing');
    await mail.close();
  });
});
