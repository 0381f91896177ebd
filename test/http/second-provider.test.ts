import { expect } from 'chai';
import express, { type Express } from 'express';
import request from 'supertest';
import { hostAccess } from '../../server/admin/access/host.ts';
import { pageRouter } from '../../server/admin/router.ts';
import type { Mail } from '../../server/mail/index.ts';
import { webhookRouter } from '../../server/webhooks/router.ts';
import { type Carrier, createCarrier } from '../support/carrier.ts';
import { type Clock, createClock } from '../support/clock.ts';
import { testDatabase } from '../support/database.ts';
import { type HttpServer, listen } from '../support/http-server.ts';
import { newsletterData, resetInput, upgradeInput } from '../support/inputs.ts';
import { openMail, testConfig } from '../support/mail.ts';
import { textOf } from './streams-app.ts';

const hourMs = 3_600_000;

describe('the module with another provider alone', () => {
  let clock: Clock;
  let carrier: Carrier;
  let mail: Mail;
  let app: Express;
  let server: HttpServer;

  beforeEach(async () => {
    clock = createClock();
    carrier = createCarrier(clock.now);
    const { postmark: _, ...config } = testConfig();
    mail = await openMail({ now: clock.now, providers: [carrier.provider] }, config);
    const admin = hostAccess({
      authenticate: () => ({ id: 'the-admin', name: 'Ada', role: 'admin' as const }),
    });
    const pages = pageRouter(mail, admin, {
      jobs: testDatabase(),
      secretKeys: ['a key of the tests, 32 characters or more'],
    });
    app = express().use('/mail', webhookRouter(mail, { credentials: [], secretKeys: [] }), pages);
    server = await listen((asked, answered) => app(asked, answered));
  });
  afterEach(async () => {
    await server.close();
    await mail.close();
  });

  const address = () => `${server.url}/mail/webhooks/carrier`;
  const setUp = () =>
    mail.webhooks.setUp('carrier', mail.webhooks.providers[0]?.streams ?? [], address(), { by: 'ada' });
  const stateOf = async (id: string) => (await mail.messages.get(id))?.state;
  const reconcile = () => {
    clock.advance(hourMs / 4);
    return mail.work.reconcile();
  };

  it('sends by its routes and limits, with its place for the link to unsubscribe', async () => {
    const { id, state } = await mail.send(upgradeInput(), { wait: true });
    expect(state).to.equal('sent');
    expect(carrier.taken[0]).to.include({ stream: 'notices' });
    expect((await mail.messages.attempts(id))[0]).to.include({
      transport: 'carrier',
      providerMessageId: 'cr:1',
    });
    const metadata = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map(key => [key, key]));
    const refused = await mail.send(resetInput({ metadata })).catch(error => error);
    expect(refused).to.include({ code: 'invalid-input', field: 'metadata' });
    const campaign = await mail.campaigns.create({
      name: 'May',
      template: 'newsletter',
      data: newsletterData,
    });
    await mail.campaigns.addRecipients(campaign.id, [{ email: 'reader@mail.example' }]);
    await mail.campaigns.launch(campaign.id);
    await mail.work.expandCampaigns();
    await mail.work.deliverDue('bulk');
    const news = carrier.taken.at(-1);
    expect(news).to.include({ stream: 'digest' });
    expect(news?.html).to.include('%%opt-out%%');
  });

  it('sets up its webhook with a password, and moves messages by what it posts', async () => {
    expect(await setUp()).to.deep.equal([
      { stream: 'digest', kind: 'done' },
      { stream: 'notices', kind: 'done' },
    ]);
    const check = await mail.webhooks.check('carrier', address());
    expect(check).to.deep.include({ fault: null });
    const [well, gone] = [
      await mail.send(resetInput(), { wait: true }),
      await mail.send(resetInput({ to: 'gone@mail.example' }), { wait: true }),
    ];
    await carrier.post();
    expect(await stateOf(well.id)).to.equal('delivered');
    expect(await stateOf(gone.id)).to.equal('bounced');
    const again = await mail.send(resetInput({ to: 'gone@mail.example' }), { wait: true });
    expect(again.state).to.equal('suppressed');
    expect(carrier.taken).to.have.length(2);
  });

  it('takes nothing for a provider that is not there, nor without a password, nor what is malformed', async () => {
    const [{ password = '' } = {}] = [await mail.webhookPasswords.add({ by: 'ada' })];
    const post = (path: string) => request(app).post(path);
    await post('/mail/webhooks/carrier').send({}).expect(401);
    await post('/mail/webhooks/carrier').auth('carrier', password).send({}).expect(400);
    expect((await post('/mail/webhooks/postmark').auth('carrier', password).send({})).status).not.to.equal(
      200,
    );
    const refused = await mail.receive('postmark', {}).catch(error => error);
    expect(refused).to.include({ code: 'invalid-input' });
  });

  it('reconciles what was never posted, and only once', async () => {
    const gone = await mail.send(resetInput({ to: 'gone@mail.example' }), { wait: true });
    carrier.list('digest', 'quiet@mail.example');
    const runs = await reconcile();
    expect(
      runs.map(({ stream, problem, bouncesRepaired }) => [stream, problem, bouncesRepaired]),
    ).to.deep.equal([
      ['digest', null, 0],
      ['notices', null, 1],
    ]);
    expect(await stateOf(gone.id)).to.equal('bounced');
    const events = await mail.messages.events(gone.id);
    await setUp();
    await carrier.post();
    await reconcile();
    expect(await mail.messages.events(gone.id)).to.deep.equal(events);
    expect((await mail.suppressions.list()).map(one => one.address)).to.have.members([
      'gone@mail.example',
      'quiet@mail.example',
    ]);
  });

  it('asks it about an attempt whose answer was lost', async () => {
    carrier.loseAnswer();
    const { id, state } = await mail.send(upgradeInput(), { wait: true });
    expect(state).to.equal('unknown');
    clock.advance(hourMs);
    await mail.work.resolveUnknowns();
    expect(await stateOf(id)).to.equal('sent');
  });

  it('lifts a suppression there first, and never a complaint', async () => {
    await mail.send(resetInput({ to: 'gone@mail.example' }), { wait: true });
    await mail.send(resetInput({ to: 'angry@mail.example' }), { wait: true });
    await reconcile();
    await mail.suppressions.lift('notices', 'gone@mail.example', 'asked by phone');
    expect((await mail.send(resetInput({ to: 'gone@mail.example' }), { wait: true })).state).to.equal('sent');
    const refused = await mail.suppressions
      .lift('notices', 'angry@mail.example', 'asked by phone')
      .catch(error => error);
    expect(refused.message).to.equal('Readers who complained are never mailed again.');
    carrier.list('notices', 'far@mail.example');
    await reconcile();
    await carrier.provider.lists?.reactivate('notices', 'far@mail.example');
    const denied = await mail.suppressions.lift('notices', 'far@mail.example', 'x').catch(error => error);
    expect(denied.message).to.equal('Carrier will not lift it: there is no such block');
  });

  it('shows admins its own name and words, and no other', async () => {
    const gone = await mail.send(upgradeInput({ to: 'gone@mail.example' }), { wait: true });
    await reconcile();
    const open = async (path: string) => textOf((await request(app).get(`/mail${path}`)).text);
    const streams = await open('/streams');
    expect(streams).to.include('Carrier posts its events').and.to.include('msg.returned');
    expect(await open('/streams/webhooks')).to.include('Webhooks at Carrier');
    const message = await open(`/messages/${gone.id}`);
    expect(message).to.include('Nobody lives there.').and.to.include('Ask for another address.');
    const suppressions = await open('/suppressions');
    expect(suppressions).to.include('Mail came back');
    for (const page of [streams, message, suppressions, await open('/reconciliations'), await open('/')])
      expect(page).not.to.match(/postmark/i);
  });
});
