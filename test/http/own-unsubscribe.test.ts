import { expect } from 'chai';
import express from 'express';
import { Models } from 'postmark';
import request from 'supertest';
import { publicRouter } from '../../server/app.ts';
import { demoPolicy } from '../../server/demo/policy.ts';
import type { Mail } from '../../server/mail/index.ts';
import { createSmtpTransport } from '../../server/mail/providers/smtp/transport.ts';
import { newsletterData, resetInput } from '../support/inputs.ts';
import { openMail, type TestOptions, testConfig } from '../support/mail.ts';
import { useOneSandbox } from '../support/sandbox.ts';

// Long enough for a header to be folded.
const publicUrl = `https://shop.example/${'mail'.repeat(20)}`;
const linking = { publicUrl, secretKeys: ['k'.repeat(32)] };

describe('our own way out of bulk mail', () => {
  const { sandbox, client } = useOneSandbox({ deliveryMs: 1, approvals: { customUnsubscribe: true } });
  let mail: Mail;
  afterEach(() => mail.close());

  const open = async (options: TestOptions) => {
    const { apiUrl, token, caCertificate: smtpCa } = sandbox;
    const smtpUrl = sandbox.smtpUrl.replace('//', `//${token}:${token}@`);
    const categories = {
      ...demoPolicy.categories,
      announcement: { lane: 'bulk' as const, routes: [{ stream: 'broadcast', transport: 'postmark-api' }] },
    };
    const config = testConfig({ token, apiUrl, smtpUrl, smtpCa });
    mail = await openMail({ ...linking, policy: { categories }, ...options }, config);
  };
  const handling = (type: 'Custom' | 'Postmark') =>
    client.editMessageStream('broadcast', {
      SubscriptionManagementConfiguration: {
        UnsubscribeHandlingType: type as Models.UnsubscribeHandlingTypes,
      },
    });
  const bySmtp = { template: 'newsletter', data: newsletterData };
  const byApi = { category: 'announcement', subject: 'News', html: '<p>News. {{{@preferences}}}</p>' };

  /** Sends bulk mail; gives its message's id, what arrives of it, and all headers as they travelled. */
  const received = async (input: object) => {
    const to = `reader${Math.random()}@mail.example`;
    const { id } = await mail.send({ ...input, to } as never);
    await mail.work.deliverDue('bulk');
    await sandbox.idle();
    const message = sandbox.messages.find({ recipient: to })[0];
    const content = await sandbox.content(to);
    if (!content || !message) throw new Error(`It was not sent: ${(await mail.messages.get(id))?.reason}`);
    const { Body } = await client.getOutboundMessageDump(message.id);
    const head = Body.slice(0, Body.search(/\r?\n\r?\n/)).replace(/\r?\n[ \t]+/g, ' ');
    return { id, message, ...content, head };
  };
  const ownLink = (text: string, page = 'unsubscribe') =>
    new RegExp(`${publicUrl}/${page}/[\\w.-]+`).exec(text)?.[0] ?? '';
  const listHeaders = (headers: readonly { Name: string; Value: string }[]) =>
    headers.filter(({ Name }) => /^list-unsub/i.test(Name));

  const roads = { SMTP: bySmtp, 'the API': byApi };
  for (const [road, input] of Object.entries(roads)) {
    it(`is in the mail and whole in its headers by ${road}, and Postmark leaves it alone`, async () => {
      await handling('Custom');
      await client.editServer({ TrackLinks: Models.LinkTrackingOptions.HtmlAndText });
      await open({ unsubscribe: 'own' });
      const { id, message, html, text, headers, head } = await received(input);
      const link = ownLink(text);
      expect(link).to.contain(`/unsubscribe/${id}.`);
      expect(html).to.contain(`href="${link}"`).and.not.contain('/sandbox/unsubscribe/');
      expect(head).to.contain(`List-Unsubscribe: <${link}>`);
      expect(listHeaders(headers)).to.have.deep.members([
        { Name: 'List-Unsubscribe', Value: `<${link}>` },
        { Name: 'List-Unsubscribe-Post', Value: 'List-Unsubscribe=One-Click' },
      ]);
      const app = express().use(new URL(publicUrl).pathname, publicRouter(mail));
      const click = request(app).post(new URL(link).pathname).type('form');
      expect((await click.send('List-Unsubscribe=One-Click')).status).to.equal(200);
      const again = await mail.send({ ...input, to: message.recipients[0] } as never);
      await mail.work.deliverDue('bulk');
      const { state, reason } = (await mail.messages.get(again.id)) ?? {};
      expect([state, reason]).to.deep.equal(['suppressed', 'consent withdrawn']);
      const shown = await mail.messages.preview(id);
      expect(`${shown?.html} ${shown?.text}`).to.contain('#').and.not.contain(publicUrl);
    });
  }

  it('is no more than one: with the provider, its link and headers are there alone, by either road', async () => {
    await handling('Postmark');
    await open({});
    for (const input of Object.values(roads)) {
      const { html, text, headers } = await received(input);
      expect(ownLink(`${html} ${text}`)).to.equal('');
      expect(html).to.contain('/sandbox/unsubscribe/');
      expect(listHeaders(headers).map(({ Value }) => Value)).to.have.length(2);
      expect(listHeaders(headers)[0]?.Value).to.contain('/sandbox/unsubscribe/');
    }
    // Our page of preferences is there in either mode, and not led through Postmark.
    expect(ownLink((await received(byApi)).html, 'preferences')).not.to.equal('');
  });

  it('lets any SMTP server carry bulk mail, with files too, and is in no transactional mail', async () => {
    await client.editServer({ TrackLinks: Models.LinkTrackingOptions.None });
    const { token, caCertificate: ca } = sandbox;
    const url = sandbox.smtpUrl.replace('//', `//${token}:${token}@`);
    const transports = [createSmtpTransport({ name: 'relay', url, ca })];
    const routes = [{ stream: 'letters', transport: 'relay' }];
    const categories = { ...demoPolicy.categories, newsletter: { lane: 'bulk' as const, routes } };
    await open({ transports, policy: { categories } });
    for (const attachments of [[], [{ name: 'a.txt', content: Buffer.from('x') }]]) {
      const { id, text, headers, message } = await received({ ...bySmtp, attachments });
      expect([message.via, message.stream]).to.deep.equal(['smtp', 'outbound']);
      expect(ownLink(text)).to.contain(id);
      expect(listHeaders(headers)[0]).to.deep.equal({
        Name: 'List-Unsubscribe',
        Value: `<${ownLink(text)}>`,
      });
    }
    // Postmark is told of its own streams, and of no other's.
    await mail.suppressions.add({ scope: 'bulk', address: 'eve@mail.example', note: 'by phone' });
    expect(await mail.work.offerSuppressions()).to.equal(1);
    expect((await client.getSuppressions('broadcast')).Suppressions).to.have.length(1);
    await mail.send(resetInput({ to: 'ada@mail.example' }), { wait: true });
    const reset = await sandbox.content('ada@mail.example');
    expect(listHeaders(reset?.headers ?? [])).to.deep.equal([]);
    expect(ownLink(`${reset?.html} ${reset?.text}`)).to.equal('');
  });

  it('needs a public address: neither bulk mail nor a link to preferences goes without', async () => {
    await open({});
    await mail.close();
    const refused = await open({ unsubscribe: 'own', publicUrl: undefined }).catch((error: Error) => error);
    expect(refused).to.include({ field: 'unsubscribe' });
    const unsaid = { publicUrl: 'http://localhost:3000', production: true, unsubscribe: 'own' as const };
    expect(await open(unsaid).catch((error: Error) => error)).to.include({ field: 'unsubscribe' });
    await open({ publicUrl: undefined });
    const error = await mail.send({ ...byApi, to: 'ada@mail.example' } as never).catch((one: Error) => one);
    expect(error).to.include({ code: 'invalid-input', field: 'html' });
  });
});
