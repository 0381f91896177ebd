import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import express from 'express';
import type { ServerClient } from 'postmark';
import request from 'supertest';
import { hostAccess } from '../../server/admin/access/host.ts';
import { pageRouter } from '../../server/admin/router.ts';
import {
  createMail,
  type Mail,
  type MailConfig,
  type Source,
  type TemplateSend,
} from '../../server/mail/index.ts';
import { webhookRouter } from '../../server/webhooks.ts';
import { accountClient, restClient } from '../sandbox/clients.ts';
import { createSandbox, type Sandbox } from '../sandbox/index.ts';
import { putFile } from '../support/authoring.ts';
import { type Clock, createClock } from '../support/clock.ts';
import { testDatabase } from '../support/database.ts';
import { type HttpServer, listen } from '../support/http-server.ts';
import { newsletterData, upgradeInput } from '../support/inputs.ts';
import { openMail, type TestOptions, testConfig } from '../support/mail.ts';
import { refusal } from '../support/refusal.ts';

const password = 'a-password-of-the-tests';

describe('several servers and brands', () => {
  const db = testDatabase();
  let sandbox: Sandbox;
  let shop: ServerClient;
  let outlet: ServerClient;
  let folder: string;
  let config: MailConfig;
  let clock: Clock;
  let mail: Mail;
  let server: HttpServer;

  before(async () => {
    sandbox = await createSandbox({ deliveryMs: 1 });
    const made = await accountClient(sandbox).createServer({ Name: 'Outlet' });
    const tokenOfOutlet = made.ApiTokens[0] ?? '';
    shop = restClient(sandbox);
    outlet = restClient(sandbox, tokenOfOutlet);
    folder = await mkdtemp(path.join(tmpdir(), 'postlane-brand-'));
    await putOwnTemplate(folder);
    const { postmark: _, ...common } = testConfig();
    config = {
      ...common,
      servers: { postmark: serverOf(sandbox, sandbox.token), outlet: serverOf(sandbox, tokenOfOutlet) },
      brands: {
        shop: {},
        outlet: {
          from: 'The Outlet <mail@outlet.example>',
          server: 'outlet',
          values: { name: 'The Outlet', colour: '#123456', address: 'Outlet Street 1' },
          templates: folder,
        },
      },
      defaultBrand: 'shop',
    };
  });
  after(async () => {
    await sandbox.close();
    await rm(folder, { recursive: true });
  });

  beforeEach(async () => {
    sandbox.reset();
    clock = createClock();
    await open();
    server = await listen((asked, answered) =>
      express().use(webhookRouter(mail, [{ user: 'postmark', password }], []))(asked, answered),
    );
  });
  afterEach(async () => {
    await mail.close();
    await server.close();
  });

  const open = async (options: TestOptions = {}) => {
    mail = await openMail({ now: clock.now, ...options }, config);
  };
  const send = (over: Partial<TemplateSend> = {}) => mail.send(upgradeInput(over), { wait: true });
  const messagesAt = async (client: ServerClient, messageStream = 'outbound') =>
    (await client.getOutboundMessages({ messageStream })).Messages;
  const contentAt = async (client: ServerClient, stream?: string) => {
    const [message] = await messagesAt(client, stream);
    return client.getOutboundMessageDetails(message?.MessageID ?? '');
  };
  const pagesOf = (of: Mail) => {
    const admin = hostAccess({ authenticate: () => ({ id: 'ann', name: 'Ann', role: 'admin' }) });
    const secretKeys = ['a key of the tests, 32 characters or more'];
    return express().use('/mail', pageRouter(of, admin, { jobs: db, secretKeys }));
  };
  const campaignOf = async (brand: string, to: string) => {
    const { id } = await mail.campaigns.create({
      name: 'May',
      template: 'newsletter',
      data: newsletterData,
      brand,
    });
    await mail.campaigns.addRecipients(id, [{ email: to }]);
    await mail.campaigns.launch(id);
    return id;
  };

  it('sends by the server, the sender and the values of the brand', async () => {
    const { id } = await send({ brand: 'outlet' });
    await send();
    expect(await mail.messages.get(id)).to.include({
      state: 'sent',
      brand: 'outlet',
      stream: 'outlet/outbound',
      transport: 'outlet-api',
    });
    const [ofOutlet, ofShop] = [await contentAt(outlet), await contentAt(shop)];
    expect(ofOutlet).to.include({ From: '"The Outlet" <mail@outlet.example>', MessageStream: 'outbound' });
    expect(ofOutlet.HtmlBody).to.include('The Outlet').and.not.include('Alder');
    expect(ofOutlet.HtmlBody, 'in its style sheets').to.include('#123456');
    expect(ofShop).to.include({ From: '"Test Shop" <shop@sender.example>' });
    expect(ofShop.HtmlBody).to.include('Alder').and.not.include('The Outlet');
    expect((await mail.messages.preview(id))?.html).to.equal(ofOutlet.HtmlBody);
  });

  it('sends a campaign over the SMTP of the brand’s server', async () => {
    const id = await campaignOf('outlet', 'ada@mail.example');
    await mail.work.expandCampaigns();
    await mail.work.deliverDue('bulk');
    expect(await messagesAt(shop, 'broadcast')).to.deep.equal([]);
    expect((await contentAt(outlet, 'broadcast')).From).to.include('mail@outlet.example');
    const { messages } = await mail.messages.find({ campaignId: id });
    expect(messages[0]).to.include({ brand: 'outlet', stream: 'outlet/broadcast', transport: 'outlet-smtp' });
  });

  it('takes the brand’s own template, and the common one where it has none', async () => {
    const own = await mail.send({ ...receipt, brand: 'outlet' }, { wait: true });
    expect((await contentAt(outlet)).Subject).to.equal('Outlet receipt for Ada');
    expect(await mail.messages.get(own.id)).to.include({ template: 'outlet.receipt' });
    const { id } = await send({ brand: 'outlet' });
    expect(await mail.messages.get(id)).to.include({ template: 'loyalty-tier-upgrade' });
    const refused = await refusal(mail.send({ ...receipt }));
    expect(refused, 'the common one takes other data').to.include({ code: 'invalid-data' });
    expect(await mail.campaigns.templates()).to.not.include('outlet.receipt');
    const view = await mail.templates.get({ kind: 'template', key: 'outlet.receipt' });
    const candidate = await mail.templates.compose(view?.published?.source as Source, 'outlet.receipt');
    if (!candidate?.content) throw new Error('It cannot be composed.');
    const shown = await mail.templates.preview(candidate.content);
    expect(shown).to.deep.include({ from: { email: 'mail@outlet.example', name: 'The Outlet' } });
    expect(shown.html).to.include('The Outlet');
  });

  it('keeps templates of brands in their folders when they are compared and pulled', async () => {
    expect(await mail.templates.files.diff()).to.deep.equal([]);
    await putFile(folder, 'receipt/subject.hbs', 'Another receipt for {{firstName}}');
    const { applied } = await mail.templates.files.push({ by: 'ann' });
    expect(applied).to.deep.equal([{ kind: 'template', key: 'outlet.receipt' }]);
    await putFile(folder, 'layouts/default.html.hbs', '{{> content}}');
    await putFile(folder, 'layouts/default.text.hbs', '{{> content}}');
    const refused = await refusal(mail.templates.files.push({ by: 'ann' }));
    expect(refused.message).to.match(/has a layout, and may have templates alone/);
    await rm(path.join(folder, 'layouts'), { recursive: true });
    await putOwnTemplate(folder);
  });

  it('refuses a brand that is not there, with the name that was meant', async () => {
    const refused = await refusal(send({ brand: 'outlt' }));
    expect(refused).to.include({ code: 'invalid-input', field: 'brand' });
    expect(refused.message).to.equal('The configuration has no brand outlt. Did you mean outlet?');
    expect(await refusal(campaignOf('outlt', 'ada@mail.example'))).to.include({ field: 'brand' });
  });

  it('keeps the idempotency keys of brands apart', async () => {
    const first = await send({ idempotencyKey: 'order-17' });
    const other = await send({ idempotencyKey: 'order-17', brand: 'outlet' });
    expect(other).to.include({ repeated: false });
    expect(other.id).to.not.equal(first.id);
    const again = { id: first.id, repeated: true };
    expect(await send({ idempotencyKey: 'order-17' })).to.include(again);
    expect(await send({ idempotencyKey: 'order-17', brand: 'shop' }), 'the default brand').to.include(again);
    expect(await send({ idempotencyKey: 'order-17', brand: 'outlet' })).to.include({ id: other.id });
    expect((await messagesAt(shop)).length + (await messagesAt(outlet)).length).to.equal(2);
  });

  it('takes the events of each server at its own address, and a bounce on one is none on the other', async () => {
    for (const key of ['postmark', 'outlet']) {
      const provider = mail.webhooks.providers.find(one => one.key === key);
      const streams = provider?.streams ?? [];
      const done = await mail.webhooks.setUp(key, streams, `${server.url}/webhooks/${key}`, { by: 'ann' });
      expect(done.map(({ kind }) => kind)).to.deep.equal(['done', 'done']);
      const check = await mail.webhooks.check(key, `${server.url}/webhooks/${key}`);
      expect(check).to.have.nested.property('streams[1].state', 'right');
    }
    const gone = { to: 'hardbounce.ada@mail.example' };
    const bounced = await send({ ...gone, brand: 'outlet' });
    const fine = await send({ to: 'ada@mail.example' });
    await sandbox.idle();
    expect((await mail.messages.get(bounced.id))?.state).to.equal('bounced');
    expect((await mail.messages.get(fine.id))?.state).to.equal('delivered');
    const list = await mail.suppressions.list();
    expect(list.map(({ stream, address }) => [stream, address])).to.deep.equal([
      ['outlet/outbound', 'hardbounce.ada@mail.example'],
    ]);
    expect(await send({ ...gone, brand: 'outlet' })).to.include({ state: 'suppressed' });
    expect((await send(gone)).state).to.be.oneOf(['sent', 'bounced']);
    for (const { ID } of [...(await shop.getWebhooks()).Webhooks]) await shop.deleteWebhook(ID);
    for (const { ID } of [...(await outlet.getWebhooks()).Webhooks]) await outlet.deleteWebhook(ID);
  });

  it('reconciles every stream of every server, and lifts at the right one', async () => {
    const bounced = await send({ to: 'hardbounce.ada@mail.example', brand: 'outlet' });
    await sandbox.idle();
    await outlet.createSuppressions('broadcast', { Suppressions: [{ EmailAddress: 'quiet@mail.example' }] });
    clock.advance(4 * 3_600_000);
    const runs = await mail.work.reconcile();
    expect(runs.map(({ stream, problem }) => [stream, problem])).to.deep.equal([
      ['broadcast', null],
      ['outbound', null],
      ['outlet/broadcast', null],
      ['outlet/outbound', null],
    ]);
    expect((await mail.messages.get(bounced.id))?.state).to.equal('bounced');
    const listed = await mail.suppressions.list();
    expect(listed.map(({ stream }) => stream).sort()).to.deep.equal(['outlet/broadcast', 'outlet/outbound']);
    await mail.suppressions.lift('outlet/outbound', 'hardbounce.ada@mail.example', 'asked by phone');
    expect((await outlet.getSuppressions('outbound')).Suppressions).to.deep.equal([]);
  });

  it('asks the right server about an attempt that nobody can account for', async () => {
    sandbox.faults.add({ where: 'POST /email', kind: 'reset-after-accept', times: 1 });
    const { id, state } = await send({ brand: 'outlet' });
    expect(state).to.equal('unknown');
    clock.advance(10 * 60_000);
    await mail.work.resolveUnknowns();
    expect((await mail.messages.get(id))?.state).to.equal('sent');
    expect(await messagesAt(outlet)).to.have.length(1);
  });

  describe('beside a process whose configuration lacks a server', () => {
    let others: Mail[] = [];
    afterEach(async () => {
      for (const one of others) await one.close();
      others = [];
    });
    const beside = async (more: Partial<MailConfig>) => {
      const lines: string[] = [];
      const warn = (...words: unknown[]) => lines.push(words.map(word => JSON.stringify(word)).join(' '));
      const logger = { info: () => {}, warn, error: () => {} };
      const opened = await createMail({ ...config, ...more, logger, migrate: false }, { now: clock.now });
      others.push(opened);
      return { mail: opened, lines };
    };
    const older = () => {
      const { postmark } = config.servers ?? {};
      return beside({ servers: postmark ? { postmark } : {}, brands: {}, defaultBrand: undefined });
    };

    it('leaves its messages alone, says so once nobody takes them, and they go out by one that has it', async () => {
      const { mail: other, lines } = await older();
      const soon = new Date(clock.now().getTime() + 1000);
      const { id: theirs } = await mail.send(upgradeInput({ brand: 'outlet', sendAt: soon }));
      const { id: ours } = await mail.send(upgradeInput({ sendAt: soon }));
      clock.advance(60_000);
      await other.work.deliverDue('transactional');
      expect((await other.messages.get(ours))?.state).to.equal('sent');
      expect(await other.messages.get(theirs)).to.include({ state: 'queued', attempts: 0, reason: null });
      await other.work.rollUp();
      const alerts = () => db('postlane_alerts').where({ kind: 'no-route', open: 1 }).pluck('subject');
      expect(await alerts()).to.deep.equal([]);
      clock.advance(5 * 60_000);
      await other.work.rollUp();
      await other.work.rollUp();
      expect(await alerts()).to.deep.equal(['message loyalty outlet-api']);
      expect(lines.filter(line => line.includes('loyalty outlet-api'))).to.have.length(1);
      const { text } = await request(pagesOf(other)).get('/mail/').expect(200);
      expect(text).to.include('goes by the transport outlet-api, which is not configured');

      await mail.work.deliverDue('transactional');
      await mail.work.rollUp();
      expect((await mail.messages.get(theirs))?.state).to.equal('sent');
      expect((await contentAt(outlet)).From).to.include('mail@outlet.example');
      expect(await alerts()).to.deep.equal([]);
    });

    it('leaves a campaign of its brand to be expanded by one that has it', async () => {
      const { mail: other, lines } = await older();
      const id = await campaignOf('outlet', 'ada@mail.example');
      await other.work.expandCampaigns();
      await other.work.expandCampaigns();
      expect((await mail.campaigns.get(id)).state).to.equal('expanding');
      expect(lines.filter(line => line.includes('campaigns of the brand outlet'))).to.have.length(1);
      expect(await mail.work.expandCampaigns()).to.equal(1);
    });

    it('keeps the sender and the values that a message was accepted with', async () => {
      const soon = new Date(clock.now().getTime() + 1000);
      await mail.send(upgradeInput({ brand: 'outlet', sendAt: soon }));
      const changed = { ...config.brands?.outlet, from: 'New <new@outlet.example>', values: { name: 'New' } };
      const { mail: newer } = await beside({ brands: { ...config.brands, outlet: changed } });
      clock.advance(1000);
      await newer.work.deliverDue('transactional');
      const sent = await contentAt(outlet);
      expect(sent.From).to.include('mail@outlet.example');
      expect(sent.HtmlBody).to.include('The Outlet');
    });
  });

  it('shows brands and servers on its pages', async () => {
    const { id } = await send({ brand: 'outlet' });
    const pages = pagesOf(mail);
    const open = async (at: string) => (await request(pages).get(`/mail/${at}`).expect(200)).text;
    const streams = await open('streams');
    for (const text of [
      'outlet/broadcast',
      'outlet-smtp',
      '/webhooks/outlet',
      'Postmark (outlet)',
      'mail@outlet.example',
    ])
      expect(streams).to.include(text);
    expect(await open(`messages/${id}`)).to.include('<dt>Brand</dt><dd>outlet</dd>');
    const { text } = await request(pages).get('/mail/messages?stream=outlet%2Foutbound').expect(200);
    expect(text).to.include('ada@mail.example');
  });
});

function serverOf({ apiUrl, smtpUrl, caCertificate }: Sandbox, token: string) {
  const url = new URL(smtpUrl);
  url.username = token;
  url.password = token;
  return { token, apiUrl, smtpUrl: url.href, smtpCa: caCertificate };
}

const receipt = { template: 'receipt', to: 'ada@mail.example', data: { firstName: 'Ada' } };

async function putOwnTemplate(folder: string): Promise<void> {
  const template = {
    category: 'receipt',
    data: { firstName: { type: 'string' } },
    sample: { firstName: 'Ada' },
  };
  await putFile(folder, 'receipt/template.json', JSON.stringify(template));
  await putFile(folder, 'receipt/subject.hbs', 'Outlet receipt for {{firstName}}');
  await putFile(folder, 'receipt/html.hbs', '<p>Thank you, {{firstName}}</p>');
}
