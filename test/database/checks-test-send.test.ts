import { expect } from 'chai';
import { testsPerHour } from '../../server/mail/templates/preview/test-send.ts';
import { useCheckedTemplates } from '../support/checked-templates.ts';
import { testDatabase } from '../support/database.ts';
import { refusal } from '../support/refusal.ts';
import { accept } from '../support/scripted-transport.ts';

describe('test sends', () => {
  const db = testDatabase();
  const shop = useCheckedTemplates();
  beforeEach(async () => {
    for (const table of ['postlane_audit_entries', 'postlane_suppressions']) await db(table).delete();
    shop.api.given.splice(0);
    shop.api.answer(accept);
  });

  const test = (key: string, over = {}) =>
    shop.mail.templates.sendTest(shop.content(key), { to: 'ada@mail.example', by: 'ada', ...over });

  it('are marked as such, leave evidence, and are no message', async () => {
    const result = await test('password-reset');
    const [envelope] = shop.api.given;
    expect(result).to.deep.equal({ kind: 'sent', subject: envelope?.subject });
    expect(envelope?.subject).to.match(/^\[Test\] \w/);
    expect(envelope).to.deep.include({
      to: { email: 'ada@mail.example' },
      headers: { 'X-Postlane-Test': 'yes' },
      metadata: { 'postlane-test': 'yes' },
      tag: 'postlane-test',
    });
    expect(await db('postlane_messages')).to.deep.equal([]);
    expect(await db('postlane_attempts')).to.deep.equal([]);
    const { entries } = await shop.mail.audit.list({ action: 'template.test' });
    expect(entries).to.have.length(1);
    expect(entries[0]).to.include({ by: 'ada', subject: 'template:password-reset' });
  });

  it('go out with a link to unsubscribe that leads nowhere, and not on a stream that adds its own', async () => {
    await test('newsletter');
    expect(shop.smtp.given).to.deep.equal([]);
    const [envelope] = shop.api.given;
    expect(envelope?.stream).to.equal('outbound');
    expect(envelope?.html).to.contain('href="#"').and.not.contain('pm:unsubscribe');
  });

  it('are refused where the address is suppressed, or the template fails', async () => {
    await shop.mail.suppressions.add('outbound', 'ada@mail.example', 'asked');
    expect(await test('password-reset')).to.include({ kind: 'refused' });
    const broken = shop.changed('receipt', { html: '{{#if' });
    const result = await shop.mail.templates.sendTest(broken, { to: 'bob@mail.example', by: 'ada' });
    expect(result).to.include({ kind: 'refused' });
    expect(shop.api.given).to.deep.equal([]);
    expect(await refusal(test('receipt', { to: 'nobody' }))).to.include({ code: 'invalid-address' });
  });

  it('tell what the provider said', async () => {
    shop.api.answer(() => ({
      kind: 'rejected',
      code: 'postmark-300',
      answer: 'No such domain.',
      inactive: [],
    }));
    expect(await test('receipt')).to.deep.equal({ kind: 'refused', reason: 'No such domain.' });
    shop.api.answer(() => ({ kind: 'unknown', code: 'timeout', answer: 'No answer.' }));
    expect(await test('receipt')).to.deep.equal({ kind: 'unknown', reason: 'No answer.' });
  });

  it('are limited for each person, by the hour', async () => {
    const at = shop.clock.now();
    for (let i = 0; i < testsPerHour; i++)
      await shop.mail.audit.record({
        by: 'ada',
        action: 'template.test',
        subject: 'template:receipt',
        before: null,
        after: null,
        at,
      });
    shop.clock.advance(60_000);
    expect(await test('receipt')).to.deep.equal({ kind: 'limited', retryAfterMs: 59 * 60_000 });
    expect(await test('receipt', { by: 'bob' })).to.include({ kind: 'sent' });
    shop.clock.advance(59 * 60_000);
    expect(await test('receipt')).to.include({ kind: 'sent' });
  });

  it('count as many as are sent at once', async () => {
    const results = await Promise.all(Array.from({ length: testsPerHour + 10 }, () => test('receipt')));
    expect(results.filter(({ kind }) => kind === 'limited')).to.have.length(10);
    expect(shop.api.given).to.have.length(testsPerHour);
    const long = 'x'.repeat(400);
    await Promise.all(Array.from({ length: testsPerHour }, () => test('receipt', { by: long })));
    expect(await test('receipt', { by: long })).to.include({ kind: 'limited' });
  });
});
