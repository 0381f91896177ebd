import { rm } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'chai';
import express from 'express';
import type { ServerClient } from 'postmark';
import request from 'supertest';
import { hostAccess } from '../../server/admin/access/host.ts';
import { pageRouter } from '../../server/admin/router.ts';
import type { Mail, Source, TemplateSend } from '../../server/mail/index.ts';
import { webhookRouter } from '../../server/webhooks/router.ts';
import type { Sandbox } from '../sandbox/index.ts';
import { putFile } from '../support/authoring.ts';
import { type Clock, createClock } from '../support/clock.ts';
import { command } from '../support/command.ts';
import { testDatabase } from '../support/database.ts';
import { type HttpServer, listen } from '../support/http-server.ts';
import { upgradeInput } from '../support/inputs.ts';
import { openMail } from '../support/mail.ts';
import { providerSamples } from '../support/provider-samples.ts';
import { refusal } from '../support/refusal.ts';
import {
  contentAt,
  launchFor,
  openTwoServers,
  putOwnReceipt,
  type TwoServers,
} from '../support/two-servers.ts';

const password = 'a-password-of-the-tests';

describe('several servers and brands', () => {
  const db = testDatabase();
  let at: TwoServers;
  let sandbox: Sandbox;
  let shop: ServerClient;
  let outlet: ServerClient;
  let folder: string;
  let clock: Clock;
  let mail: Mail;
  let server: HttpServer;

  before(async () => {
    at = await openTwoServers();
    ({ sandbox, shop, outlet, folder } = at);
  });
  after(() => at.close());

  beforeEach(async () => {
    sandbox.reset();
    clock = createClock();
    mail = await openMail({ now: clock.now }, at.config);
    server = await listen((asked, answered) =>
      express().use(webhookRouter(mail, { credentials: [{ user: 'postmark', password }], secretKeys: [] }))(
        asked,
        answered,
      ),
    );
  });
  afterEach(async () => {
    await mail.close();
    await server.close();
  });

  const send = (over: Partial<TemplateSend> = {}) => mail.send(upgradeInput(over), { wait: true });
  const messagesAt = async (client: ServerClient, messageStream = 'outbound') =>
    (await client.getOutboundMessages({ messageStream })).Messages;

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
    const id = await launchFor(mail, 'outlet', 'ada@mail.example');
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
    await putOwnReceipt(folder);
  });

  it('refuses a brand that is not there, with the name that was meant', async () => {
    const refused = await refusal(send({ brand: 'outlt' }));
    expect(refused).to.include({ code: 'invalid-input', field: 'brand' });
    expect(refused.message).to.equal('The configuration has no brand outlt. Did you mean outlet?');
    expect(await refusal(launchFor(mail, 'outlt', 'ada@mail.example'))).to.include({ field: 'brand' });
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

  it('takes an event for the server that it is about, whichever path it is posted to', async () => {
    const { id } = await send({ brand: 'outlet', to: 'ada@mail.example' });
    const attempt = await db('postlane_attempts').where({ message_id: id }).first();
    const { ServerID: _, ...sample } = providerSamples.Bounce;
    const post = (to: string, more: object) =>
      request(server.url)
        .post(`/webhooks/${to}`)
        .auth('postmark', password)
        .send({ ...sample, Email: 'ada@mail.example', MessageID: attempt?.provider_message_id, ...more })
        .expect(200);
    const ours = { Metadata: { 'postlane-attempt': attempt?.id } };
    expect((await post('postmark', ours)).body).to.deep.equal({ result: 'stored' });
    expect((await post('outlet', ours)).body, 'the same fact of the same server').to.deep.equal({
      result: 'duplicate',
    });
    expect((await post('postmark', { Metadata: {} })).body, 'by the id that Postmark gave it').to.deep.equal({
      result: 'duplicate',
    });
    expect((await mail.messages.get(id))?.state).to.equal('bounced');
    const [first] = await mail.suppressions.list();
    expect(first).to.include({ stream: 'outlet/outbound', address: 'ada@mail.example' });
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

  it('refuses a suppression on a stream that is no server’s, where every server has a name', async () => {
    const { postmark: near, outlet: far } = at.config.servers ?? {};
    if (!near || !far) throw new Error('There are two.');
    await mail.close();
    const { brands: _, defaultBrand: __, ...plain } = at.config;
    mail = await openMail({ now: clock.now }, { ...plain, servers: { near, far } });
    const refused = await refusal(mail.suppressions.add('broadcast', 'ada@mail.example', 'asked'));
    expect(refused).to.include({ code: 'invalid-input', field: 'stream' });
    expect(refused.message).to.include('There are: near/broadcast, far/broadcast.');
    expect(await mail.suppressions.add('far/broadcast', 'ada@mail.example', 'asked')).to.equal(true);
  });

  it('is known to the commands', async () => {
    const run = (...words: string[]) => command([...words, '--config', at.configFile, '--json'], {});
    const sent = await run('send-test', 'receipt', '--to', 'ada@mail.example', '--brand', 'outlet');
    expect(JSON.parse(sent.out), sent.err).to.include({ stream: 'outlet/outbound', transport: 'outlet-api' });
    expect((await contentAt(outlet)).Subject).to.equal('Outlet receipt for Ada');
    const { out, err } = await run('doctor');
    const checks: { name: string; ok: boolean | null; found: string }[] = JSON.parse(out).checks;
    const found = (name: string) => checks.find(one => one.name === name);
    expect(found('streams'), err).to.include({ ok: true });
    for (const name of ['broadcast, outbound', 'outlet/broadcast, outlet/outbound'])
      expect(found('streams')?.found).to.include(name);
    expect(found('SMTP login')?.found).to.include('outlet-smtp');
    expect(found('webhooks')?.found).to.include('outlet/outbound');
  });

  it('shows brands and servers on its pages', async () => {
    const { id } = await send({ brand: 'outlet' });
    const admin = hostAccess({ authenticate: () => ({ id: 'ann', name: 'Ann', role: 'admin' }) });
    const secretKeys = ['a key of the tests, 32 characters or more'];
    const pages = express().use('/mail', pageRouter(mail, admin, { jobs: db, secretKeys }));
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
    expect(await open('templates/template:outlet.receipt')).to.include('Outlet receipt for {{firstName}}');
    const { text } = await request(pages).get('/mail/messages?stream=outlet%2Foutbound').expect(200);
    expect(text).to.include('ada@mail.example');
  });
});

const receipt = { template: 'receipt', to: 'ada@mail.example', data: { firstName: 'Ada' } };
