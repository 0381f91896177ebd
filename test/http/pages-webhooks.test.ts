import { expect } from 'chai';
import type { Models } from 'postmark';
import request from 'supertest';
import { testDatabase } from '../support/database.ts';
import { providerSamples } from '../support/provider-samples.ts';
import { openStreamsApp, rowOf, type StreamsApp, textOf } from './streams-app.ts';

const events = ['Bounce', 'Click', 'Delivery', 'Open', 'SpamComplaint', 'SubscriptionChange'];

describe('the pages about the webhook', () => {
  let at: StreamsApp;

  before(async () => {
    at = await openStreamsApp();
  });
  beforeEach(() => at.begin());
  after(() => at.close());

  const hooks = async () => (await at.postmark.getWebhooks()).Webhooks;
  const enabled = ({ Triggers }: Models.Webhook) =>
    Object.entries(Triggers)
      .flatMap(([name, { Enabled }]) => (Enabled ? [name] : []))
      .sort();
  const knock = async (password: string) => {
    const door = request(at.server.url).post('/mail/webhooks/postmark').auth('postmark', password);
    return (await door.send(providerSamples.Delivery)).status;
  };
  const passwordIn = (html: string) => /id="new-password" readonly value="([\w-]{32})"/.exec(html)?.[1] ?? '';
  const numbers = async () => (await at.mail().webhookPasswords.list()).map(({ id }) => id);

  describe('at Postmark', () => {
    it('are set up for the chosen streams, with everything, and a password that works', async () => {
      const { status, text } = await at.send('/webhooks', { stream: ['outbound', 'broadcast'] });
      expect(status).to.equal(200);
      expect(rowOf(text, 'outbound')).to.match(/right/);
      expect(rowOf(text, 'news')).to.match(/missing/);
      const made = await hooks();
      expect(made.map(({ MessageStream }) => MessageStream).sort()).to.deep.equal(['broadcast', 'outbound']);
      for (const hook of made) {
        expect(hook.Url).to.equal(at.address);
        expect(enabled(hook)).to.deep.equal(events);
        expect(await knock(hook.HttpAuth?.Password ?? '')).to.equal(200);
        expect(text).not.to.include(hook.HttpAuth?.Password);
      }
      expect(await numbers()).to.have.length(1);
      // Else nobody would hear of mail by SMTP that is refused after it was accepted.
      expect((await at.postmark.getServer()).EnableSmtpApiErrorHooks).to.equal(true);
      await at.postmark.editServer({ EnableSmtpApiErrorHooks: false });
      expect(rowOf((await at.open('/webhooks')).text, 'outbound')).to.match(
        /It does not report: SMTPApiError/,
      );
    });

    it('take a change in place of a second one, and the old password stays good', async () => {
      await at.send('/webhooks', { stream: 'outbound' });
      const [before] = await hooks();
      await at.send('/webhooks', { stream: 'outbound' });
      const after = await hooks();
      expect(after.map(({ ID }) => ID)).to.deep.equal([before?.ID]);
      expect(after[0]?.HttpAuth?.Password).not.to.equal(before?.HttpAuth?.Password);
      expect(await knock(before?.HttpAuth?.Password ?? '')).to.equal(200);
    });

    it('leave nothing behind when Postmark cannot verify the address', async () => {
      const elsewhere = at.appFor('admin', { publicUrl: 'http://127.0.0.1:9' });
      const { text } = await at.send('/webhooks', { stream: 'outbound' }, elsewhere);
      expect(textOf(text)).to.match(/outbound is not set up\. Postmark tried the address/);
      expect(await hooks()).to.deep.equal([]);
      expect(await numbers()).to.deep.equal([]);
    });

    it('keep the password where it is not known whether they were set up', async () => {
      at.sandbox.faults.add({ where: 'POST /webhooks', kind: 'status', status: 500, times: 1 });
      const { text } = await at.send('/webhooks', { stream: 'outbound' });
      expect(textOf(text)).to.match(/outbound may be set up/);
      expect(await numbers()).to.have.length(1);
    });

    it('keep the password when only one of two webhooks on a stream took it', async () => {
      await at.send('/webhooks', { stream: ['outbound', 'outbound'] });
      const [only, ...more] = await hooks();
      expect(more, 'asked for twice, made once').to.deep.equal([]);
      await at.postmark.createWebhook({
        Url: `${at.address}/`,
        Triggers: { Delivery: { Enabled: true } },
        ...(only?.HttpAuth && { HttpAuth: only.HttpAuth }),
      });
      const fault = {
        where: 'PUT /webhooks/{id}',
        kind: 'status' as const,
        status: 422,
        code: 1354,
        times: 1,
      };
      at.sandbox.faults.add(fault);
      const { text } = await at.send('/webhooks', { stream: 'outbound' });
      expect(textOf(text)).to.match(/outbound may be set up/);
      for (const { HttpAuth } of await hooks()) expect(await knock(HttpAuth?.Password ?? '')).to.equal(200);
    });

    it('are not set up for an unknown stream, for none, or without a public address', async () => {
      const unknown = await at.send('/webhooks', { stream: 'nowhere' });
      expect(unknown.status).to.equal(303);
      expect((await at.send('/webhooks')).status).to.equal(422);
      const nameless = at.appFor('admin', { publicUrl: '' });
      expect((await at.send('/webhooks', { stream: 'outbound' }, nameless)).status).to.equal(422);
      expect(await hooks()).to.deep.equal([]);
      expect(await numbers()).to.deep.equal([]);
    });

    it('are in the audit log without the password', async () => {
      await at.send('/webhooks', { stream: 'outbound' });
      const { entries } = await at.mail().audit.list({ action: 'webhook.set-up' });
      expect(entries.map(({ by, subject }) => ({ by, subject }))).to.deep.equal([
        { by: 'the-admin', subject: 'webhook:outbound' },
      ]);
      const password = (await hooks())[0]?.HttpAuth?.Password;
      expect(JSON.stringify(await testDatabase()('postlane_audit_entries').select())).not.to.include(
        password,
      );
    });

    it('say when Postmark cannot be asked', async () => {
      at.sandbox.faults.add({ where: 'GET /webhooks', kind: 'drop', times: 2 });
      expect(textOf((await at.open('/webhooks')).text)).to.match(/could not be read/);
      const { status } = await at.send('/webhooks', { stream: 'outbound' });
      expect(status).to.equal(303);
      expect(await numbers()).to.deep.equal([]);
    });
  });

  describe('its passwords', () => {
    it('are shown once, and then only when they were made and used', async () => {
      const { status, text } = await at.send('/webhook-passwords');
      expect(status).to.equal(200);
      const password = passwordIn(text);
      expect(text).to.include(`value="${at.address}"`);
      expect(await knock(password)).to.equal(200);
      const list = (await at.open()).text;
      expect(list).not.to.include(password);
      expect(rowOf(list, 'postmark'))
        .to.match(/by the-admin/)
        .and.not.to.match(/never/);
    });

    it('are removed after a question, and then open nothing', async () => {
      const password = passwordIn((await at.send('/webhook-passwords')).text);
      const [id] = await numbers();
      const question = await at.open(`/webhook-passwords/${id}/remove`);
      expect(textOf(question.text)).to.match(/It has not been used yet\..*Remove the password/);
      expect((await at.send(`/webhook-passwords/${id}/remove`)).status).to.equal(303);
      expect(await knock(password)).to.equal(401);
      expect((await at.open(`/webhook-passwords/${id}/remove`)).status).to.equal(404);
      expect((await at.open('/webhook-passwords/x/remove')).status).to.equal(404);
      for (const other of ['x', `${id}`, `0${id}`, `${id}%20`, `${id}.0`])
        expect((await at.send(`/webhook-passwords/${other}/remove`)).status, other).to.equal(404);
    });

    it('keep the last one when the configuration has none', async () => {
      const password = passwordIn((await at.send('/webhook-passwords')).text);
      const [id] = await numbers();
      const alone = at.appFor('admin', { users: [] });
      const question = await request(alone).get(`/mail/streams/webhook-passwords/${id}/remove`);
      expect(question.text).to.include('This is the last password').and.not.to.include('Remove the password');
      await at.send(`/webhook-passwords/${id}/remove`, {}, alone);
      expect(await knock(password)).to.equal(200);
      await at.send('/webhook-passwords', {}, alone);
      await at.send(`/webhook-passwords/${id}/remove`, {}, alone);
      expect(await knock(password)).to.equal(401);
    });

    it('are for admins', async () => {
      for (const role of ['viewer', 'editor', 'publisher'] as const) {
        expect((await at.send('/webhook-passwords', {}, at.appFor(role))).status, role).to.equal(403);
        expect((await at.send('/webhooks', { stream: 'outbound' }, at.appFor(role))).status).to.equal(403);
        expect((await at.open('', role)).text).not.to.include('Make a new password');
      }
      expect(await numbers()).to.deep.equal([]);
    });
  });
});
