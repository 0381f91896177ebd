import { expect } from 'chai';
import express from 'express';
import request from 'supertest';
import { hostAccess } from '../../server/admin/access/host.ts';
import { pageRouter } from '../../server/admin/router.ts';
import { createMail, type Mail, type MailConfig } from '../../server/mail/index.ts';
import { type Clock, createClock } from '../support/clock.ts';
import { testDatabase } from '../support/database.ts';
import { upgradeInput } from '../support/inputs.ts';
import { openMail } from '../support/mail.ts';
import { contentAt, launchFor, openTwoServers, type TwoServers } from '../support/two-servers.ts';

describe('beside processes whose configuration is another, a process with several servers', () => {
  const db = testDatabase();
  let at: TwoServers;
  let clock: Clock;
  let mail: Mail;
  let others: Mail[] = [];

  before(async () => {
    at = await openTwoServers();
  });
  after(() => at.close());
  beforeEach(async () => {
    at.sandbox.reset();
    clock = createClock();
    mail = await openMail({ now: clock.now }, at.config);
  });
  afterEach(async () => {
    for (const one of [mail, ...others]) await one.close();
    others = [];
  });

  const pagesOf = (of: Mail) => {
    const admin = hostAccess({ authenticate: () => ({ id: 'ann', name: 'Ann', role: 'admin' }) });
    const secretKeys = ['a key of the tests, 32 characters or more'];
    return express().use('/mail', pageRouter(of, admin, { jobs: db, secretKeys }));
  };
  const beside = async (more: Partial<MailConfig>) => {
    const lines: string[] = [];
    const warn = (...words: unknown[]) => lines.push(words.map(word => JSON.stringify(word)).join(' '));
    const logger = { info: () => {}, warn, error: () => {} };
    const opened = await createMail({ ...at.config, ...more, logger, migrate: false }, { now: clock.now });
    others.push(opened);
    return { mail: opened, lines };
  };
  const older = () => {
    const { postmark } = at.config.servers ?? {};
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
    expect((await contentAt(at.outlet)).From).to.include('mail@outlet.example');
    expect(await alerts()).to.deep.equal([]);
  });

  it('leaves a campaign of its brand to be expanded by one that has it', async () => {
    const { mail: other, lines } = await older();
    const id = await launchFor(mail, 'outlet', 'ada@mail.example');
    await other.work.expandCampaigns();
    await other.work.expandCampaigns();
    expect((await mail.campaigns.get(id)).state).to.equal('expanding');
    expect(lines.filter(line => line.includes('campaigns of the brand outlet'))).to.have.length(1);
    expect(await mail.work.expandCampaigns()).to.equal(1);
  });

  it('keeps the sender and the values that a message was accepted with', async () => {
    const soon = new Date(clock.now().getTime() + 1000);
    await mail.send(upgradeInput({ brand: 'outlet', sendAt: soon }));
    const changed = {
      ...at.config.brands?.outlet,
      from: 'New <new@outlet.example>',
      values: { name: 'New' },
    };
    const { mail: newer } = await beside({ brands: { ...at.config.brands, outlet: changed } });
    clock.advance(1000);
    await newer.work.deliverDue('transactional');
    const sent = await contentAt(at.outlet);
    expect(sent.From).to.include('mail@outlet.example');
    expect(sent.HtmlBody).to.include('The Outlet');
  });
});
