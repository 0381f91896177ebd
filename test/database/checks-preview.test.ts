import { expect } from 'chai';
import { useCheckedTemplates } from '../support/checked-templates.ts';
import { testDatabase } from '../support/database.ts';
import { newsletterData, upgradeData, upgradeInput } from '../support/inputs.ts';
import { refusal } from '../support/refusal.ts';

describe('previews', () => {
  const db = testDatabase();
  const shop = useCheckedTemplates();

  it('show the sample by the engine that sends, with sizes, sender and issues', async () => {
    const shown = await shop.mail.templates.preview(shop.content('password-reset'));
    expect(shown.problem).to.equal(null);
    expect(shown.issues).to.deep.equal([]);
    expect(shown.subject).to.match(/\w/);
    expect(shown.preheader).to.match(/\w/);
    expect(shown.html).to.contain(shown.preheader);
    expect(shown.from).to.deep.equal({ name: 'Test Shop', email: 'shop@sender.example' });
    expect(shown.headers.find(({ name }) => name === 'Subject')?.value).to.equal(shown.subject);
    expect(shown.sizes.html).to.equal(Buffer.byteLength(shown.html));
    expect(shown.sizes.mime).to.be.above(shown.sizes.html + shown.sizes.text);
    expect(shown.words).to.equal('default');
  });

  it('put other values over the data, and keep them text', async () => {
    const shown = await shop.mail.templates.preview(shop.content('newsletter'), {
      overrides: { issue: '<script>x</script>\r\nBcc: a@b.example', name: null },
      issues: false,
    });
    expect(shown.subject)
      .to.contain('<script>x</script> Bcc: a@b.example')
      .and.not.match(/[\r\n]/);
    expect(shown.html).to.contain('&lt;script&gt;').and.not.contain('<script>');
    expect(shown.data).to.deep.include({ name: null });
  });

  it('show what a message was sent with: this one, or the latest to somebody', async () => {
    const content = shop.content('loyalty-tier-upgrade');
    const first = await shop.mail.send(upgradeInput({ locale: 'nl-NL' }));
    await shop.mail.send(upgradeInput({ data: upgradeData(2) }));
    const one = await shop.mail.templates.preview(content, { messageId: first.id, issues: false });
    expect(one.html).to.contain('/tier/1');
    expect(one.locale).to.equal('nl-NL');
    const latest = await shop.mail.templates.preview(content, {
      recipient: ' Ada@Mail.Example ',
      issues: false,
    });
    expect(latest.html).to.contain('/tier/2');
  });

  it('refuse messages that are purged, unknown or of another template', async () => {
    const { id } = await shop.mail.send(upgradeInput({ to: 'gone@mail.example' }), { wait: true });
    const other = shop.mail.templates.preview(shop.content('newsletter'), { messageId: id });
    expect(await refusal(other)).to.include({ code: 'invalid-input', field: 'messageId' });
    await db('postlane_message_contents').where({ message_id: id }).delete();
    for (const choice of [
      { messageId: id },
      { recipient: 'gone@mail.example' },
      { recipient: 'no@mail.example' },
    ]) {
      const asked = shop.mail.templates.preview(shop.content('loyalty-tier-upgrade'), choice);
      expect(await refusal(asked)).to.include({ code: 'invalid-input' });
    }
  });

  it('show saved sample data and generated', async () => {
    const content = shop.content('newsletter');
    const { sampleData } = shop.mail.templates;
    const id = await sampleData.save(
      'newsletter',
      { name: 'May', locale: null, data: newsletterData },
      'ada',
    );
    const saved = await shop.mail.templates.preview(content, { sampleDataId: id, issues: false });
    expect(saved.html).to.contain('First.');
    for (const { id: sampleDataId, name } of await sampleData.list(content)) {
      const shown = await shop.mail.templates.preview(content, { sampleDataId, issues: false });
      expect(shown.problem, name).to.equal(null);
    }
    const gone = shop.mail.templates.preview(content, { sampleDataId: 'generated:None' });
    expect(await refusal(gone)).to.include({ field: 'sampleDataId' });
  });

  it('say why there is nothing to show', async () => {
    const broken = shop.changed('password-reset', { html: '{{#if' });
    const shown = await shop.mail.templates.preview(broken);
    expect(shown).to.deep.include({ html: '', sizes: { html: 0, text: 0, mime: 0 } });
    expect(shown.problem).to.include({ rule: 'template' });
    expect(shown.issues[0]).to.include({ part: 'html', line: 1, rule: 'parse', severity: 'error' });
    const wrongData = await shop.mail.templates.preview(shop.content('password-reset'), { data: {} });
    expect(wrongData.problem).to.include({ rule: 'data' });
  });
});
