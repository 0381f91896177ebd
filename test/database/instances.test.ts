import { expect } from 'chai';
import { type Alert, createMail, type Mail, type MailConfig } from '../../server/mail/index.ts';
import { emptyTables, testDatabase } from '../support/database.ts';
import { newsletterData, resetInput } from '../support/inputs.ts';
import { openMail, type TestOptions, testConfig } from '../support/mail.ts';
import { testPolicy } from '../support/policy.ts';
import { useOneSandbox } from '../support/sandbox.ts';
import { createScriptedTransport } from '../support/scripted-transport.ts';
import { until } from '../support/until.ts';

describe('processes side by side', () => {
  const db = testDatabase();
  const { sandbox, account } = useOneSandbox();
  const opened: Mail[] = [];

  beforeEach(() => emptyTables(db));
  afterEach(async () => {
    for (const mail of opened.splice(0)) await mail.close();
  });

  const reached = (token: string = sandbox.token) => testConfig({ token, apiUrl: sandbox.apiUrl });
  const start = async (options: TestOptions = {}, config: MailConfig = reached()) => {
    const mail = await createMail({ ...config, migrate: false, ...options }, options);
    opened.push(mail);
    return mail;
  };
  const refusal = (config: MailConfig) =>
    start({}, config).then(
      () => null,
      (error: unknown) => error,
    );
  const policy = testPolicy({ email: 'shop@sender.example' });
  const without = (...names: string[]) => ({
    ...policy,
    categories: Object.fromEntries(
      Object.entries(policy.categories).filter(([name]) => !names.includes(name)),
    ),
  });
  const alerts = async (kind: string) => {
    const rows: { evidence: string }[] = await db('postlane_alerts').where({ kind, open: 1 });
    return rows.map(({ evidence }) => JSON.parse(evidence) as Alert);
  };
  const instance = () => db('postlane_instances').where({ stopped_at: null }).orderBy('started_at');
  const otherServer = async () => {
    const { ID, ApiTokens } = await account.createServer({ Name: 'Another' });
    return { id: String(ID), token: ApiTokens[0] ?? '' };
  };
  const knowsItsId = () =>
    until('the process knows its server', async () => {
      const rows: { servers: string }[] = await instance();
      return rows.every(({ servers }) => /"id":"\d+"/.test(servers)) || 'not yet';
    });

  it('that are configured alike say nothing of each other', async () => {
    await start({ policy });
    await start({ policy, role: 'worker' });
    expect((await instance()).map(({ role }) => role)).to.deep.equal(['app', 'worker']);
    expect(await alerts('configuration')).to.deep.equal([]);
  });

  it('that differ are reported with who, category and field, until the older one is gone', async () => {
    const older = await start({ policy });
    const newer = {
      ...policy,
      categories: { ...without('booking').categories, invoice: policy.categories.order },
    };
    Object.assign(newer.categories, { order: { ...policy.categories.order, onUnknown: 'prefer-delivery' } });
    const worker = await start({ policy: newer as typeof policy, role: 'worker' });
    const [alert] = await alerts('configuration');
    expect(alert).to.deep.include({
      differences: [
        'order, onUnknown: prefer-delivery (older: prefer-once)',
        'invoice, category: there (older: not there)',
        'booking, category: not there (older: there)',
      ],
      more: 0,
    });
    expect((alert as { olderInstances: string[] }).olderInstances[0]).to.match(/^app /);
    await worker.work.rollUp();
    expect(await alerts('configuration')).to.have.length(1);
    await older.close();
    await worker.work.rollUp();
    expect(await alerts('configuration')).to.deep.equal([]);
  });

  it('that differ stand by the version of the policy, whoever started first', async () => {
    await start({ policy: { ...policy, version: 7 }, role: 'worker' });
    await start({ policy: { ...policy, version: 6 } });
    const [alert] = (await alerts('configuration')) as { olderInstances: string[]; differences: string[] }[];
    expect(alert?.olderInstances[0]).to.match(/^app /);
    expect(alert?.differences).to.deep.equal(['policy version: 7 (older: 6)']);
  });

  it('and restart: an older configuration that comes back is still the older one', async () => {
    const first = await start({ policy });
    await start({ policy: without('booking'), role: 'worker' });
    await first.close();
    await start({ policy });
    const [alert] = (await alerts('configuration')) as { olderInstances: string[] }[];
    expect(alert?.olderInstances[0]).to.match(/^app /);
  });

  it('keep the routes of messages that an other configuration accepted', async () => {
    const api = createScriptedTransport('postmark-api');
    const sender = await openMail({ policy, transports: [api] });
    opened.push(sender);
    const sendAt = new Date(Date.now() - 1000);
    const { id } = await sender.send(resetInput({ sendAt: new Date(Date.now() + 3_600_000) }));
    await db('postlane_messages').where({ id }).update({ due_at: sendAt });
    const reset = {
      ...policy.categories['password-reset'],
      routes: [{ stream: 'other', transport: 'postmark-smtp', weight: 1 }],
    };
    const worker = await start({
      policy: { ...policy, categories: { ...policy.categories, 'password-reset': reset as never } },
      transports: [api, createScriptedTransport('postmark-smtp')],
      role: 'worker',
    });
    await worker.work.deliverDue('transactional');
    expect(await db('postlane_messages').where({ id }).first()).to.include({
      state: 'sent',
      stream: 'outbound',
      transport: 'postmark-api',
    });
  });

  it('may not mean two servers by one name', async () => {
    const { id, token } = await otherServer();
    const first = await start();
    await knowsItsId();
    expect(await refusal(reached(token)))
      .to.include({ code: 'configuration' })
      .and.property('message')
      .matches(new RegExp(`postmark means server ${id} here and server 77 in the app`));
    expect(await instance()).to.have.length(1);
    await first.close();
    expect(await refusal(reached(token))).to.equal(null);
  });

  it('may have two tokens of one server', async () => {
    await start();
    await knowsItsId();
    await db('postlane_instances').update({
      servers: db.raw('REPLACE(servers, \'"tokenHash":"\', \'"tokenHash":"another\')'),
    });
    expect(await refusal(reached())).to.equal(null);
  });

  it('start where the provider cannot be asked', async () => {
    await start();
    await knowsItsId();
    const config = testConfig({ token: 'another-token' });
    expect(await refusal(config)).to.equal(null);
  });

  it('keep no token', async () => {
    await start();
    const [row] = await instance();
    expect(JSON.stringify(row)).not.to.contain(sandbox.token);
  });

  it('report a stream that the provider lacks', async () => {
    const reset = {
      ...policy.categories.order,
      routes: [{ stream: 'orders', transport: 'postmark-api', weight: 1 }],
    };
    const mail = await start({
      policy: { ...policy, categories: { ...policy.categories, order: reset as never } },
    });
    await until('it is reported', async () => (await alerts('missing-stream')).length === 1 || 'not yet');
    expect(await alerts('missing-stream')).to.deep.equal([
      { kind: 'missing-stream', provider: 'postmark', stream: 'orders' },
    ]);
    await until('it is kept', async () => {
      const [row] = await instance();
      return /orders/.test(row.findings) || 'not yet';
    });
    await mail.work.rollUp();
    expect(await alerts('missing-stream')).to.have.length(1);
  });

  it('report at their start what they have no route for', async () => {
    const before = await openMail({ policy });
    opened.push(before);
    const { id } = await before.send(resetInput({ sendAt: new Date(Date.now() + 3_600_000) }));
    const campaign = await before.campaigns.create({
      name: 'May',
      template: 'newsletter',
      data: newsletterData,
    });
    await before.campaigns.addRecipients(campaign.id, [{ email: 'ada@mail.example' }]);
    await before.campaigns.launch(campaign.id);
    const lacking = without('password-reset', 'newsletter', 'loyalty');
    const mail = await start({ policy: lacking });
    const found = (await alerts('no-route')) as { of: string; id: string; category: string }[];
    expect(found.map(({ of, category }) => `${of} ${category}`)).to.have.members([
      'template password-reset',
      'template newsletter',
      'template loyalty',
      'message password-reset',
      'campaign newsletter',
    ]);
    expect(found.find(({ of }) => of === 'message')?.id).to.equal(id);
    await mail.work.rollUp();
    expect(await alerts('no-route')).to.have.length(5);
    await before.work.rollUp();
    expect(await alerts('no-route')).to.deep.equal([]);
  });

  it('let a campaign without a route wait alone', async () => {
    const smtp = createScriptedTransport('postmark-smtp');
    const before = await openMail({ policy, transports: [smtp] });
    opened.push(before);
    const make = async (name: string) => {
      const { id } = await before.campaigns.create({ name, template: 'newsletter', data: newsletterData });
      await before.campaigns.addRecipients(id, [{ email: 'ada@mail.example' }]);
      await before.campaigns.launch(id);
      return id;
    };
    const [strange, fine] = [await make('Strange'), await make('Fine')];
    await db('postlane_campaigns').where({ id: strange }).update({ category: 'removed' });
    expect(await before.work.expandCampaigns()).to.equal(1);
    expect((await before.campaigns.get(fine))?.state).to.equal('sending');
    expect((await before.campaigns.get(strange))?.state).to.equal('expanding');
    expect(await alerts('no-route')).to.have.length(1);
  });
});
