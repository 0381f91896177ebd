import { expect } from 'chai';
import type { Models } from 'postmark';
import { readArguments } from '../sandbox/arguments.ts';
import { restClient } from '../sandbox/clients.ts';
import { createSandbox } from '../sandbox/index.ts';
import { refusalOf } from '../support/postmark-refusal.ts';
import { useSandbox } from '../support/sandbox.ts';

const alerts = { ID: 'alerts', Name: 'Alerts', MessageStreamType: 'Transactional' };
const mail = { From: 'a@sender.example', To: 'b@mail.example', Subject: 'x', TextBody: 'x' };

describe("the sandbox's streams change", () => {
  const { sandbox, client } = useSandbox({ deliveryMs: 1 });

  const handled = (type: string) => ({
    SubscriptionManagementConfiguration: {
      UnsubscribeHandlingType: type as Models.UnsubscribeHandlingTypes,
    },
  });

  it('by being created, and then take mail', async () => {
    const { CreatedAt, ...made } = await client.createMessageStream({ ...alerts, Description: 'Bad news' });
    expect(CreatedAt).to.match(/\.\d{7}Z$/);
    expect(made).to.deep.equal({
      ...alerts,
      ServerID: 77,
      Description: 'Bad news',
      UpdatedAt: null,
      ArchivedAt: null,
      ExpectedPurgeDate: null,
      ...handled('None'),
    });
    expect(await client.sendEmail({ ...mail, MessageStream: 'alerts' })).to.include({ ErrorCode: 0 });
  });

  it('by being edited', async () => {
    const { UpdatedAt, ...stream } = await client.editMessageStream('broadcast', {
      Name: 'News',
      Description: 'All of it',
    });
    expect(UpdatedAt).to.match(/\.\d{7}Z$/);
    expect(stream).to.include({ ID: 'broadcast', Name: 'News', Description: 'All of it' });
    expect(await refusalOf(client.editMessageStream('nowhere', { Name: 'x' }))).to.include({ code: 1226 });
  });

  const refused: [what: string, change: object, code: number][] = [
    ['no id', { ID: '' }, 1222],
    ['no name', { Name: '' }, 1223],
    ['a name of 101 characters', { Name: 'x'.repeat(101) }, 1224],
    ['an unknown type', { MessageStreamType: 'Odd' }, 1221],
    ['a second inbound stream', { MessageStreamType: 'Inbound' }, 1228],
    ['an id with capitals', { ID: 'Alerts' }, 1227],
    ['an id of 31 characters', { ID: 'a'.repeat(31) }, 1227],
    ['an id that starts with a digit', { ID: '1alerts' }, 1227],
    ['an id of the provider', { ID: 'pm-alerts' }, 1233],
    ['a reserved id', { ID: 'all' }, 1237],
    ['an id that exists', { ID: 'outbound' }, 1230],
    ['a long description', { Description: 'x'.repeat(1001) }, 1231],
    ['HTML in the description', { Description: 'a <b>b</b>' }, 1234],
    ['unsubscribes of a transactional stream', handled('Postmark'), 1239],
    ['an unknown way to unsubscribe', handled('Odd'), 1240],
    [
      'own unsubscribe links without approval',
      { MessageStreamType: 'Broadcasts', ...handled('Custom') },
      1238,
    ],
  ];
  for (const [what, change, code] of refused) {
    it(`not with ${what} (code ${code})`, async () => {
      expect(await refusalOf(client.createMessageStream({ ...alerts, ...change }))).to.include({
        code,
        status: 422,
      });
      expect((await client.getMessageStreams()).TotalCount).to.equal(3);
    });
  }

  it('up to ten of them', async () => {
    for (let i = 4; i <= 10; i += 1) await client.createMessageStream({ ...alerts, ID: `s${i}` });
    expect(await refusalOf(client.createMessageStream(alerts))).to.include({ code: 1225 });
  });

  it('to own unsubscribe links once that is approved', async () => {
    const other = await createSandbox({ approvals: { customUnsubscribe: true } });
    const otherClient = restClient(other);
    await otherClient.editMessageStream('broadcast', handled('Custom'));
    const { MessageID } = await otherClient.sendEmail({ ...mail, MessageStream: 'broadcast' });
    const content = await other.content(MessageID);
    expect(content?.text).to.equal('x');
    expect(content?.headers.map(({ Name }) => Name)).not.to.include('List-Unsubscribe');
    await other.close();
  });

  it('from the start to own unsubscribe links, where it is set up so', async () => {
    const options = readArguments(['--unsubscribe', 'Custom'], {})?.options;
    const other = await createSandbox({ ...options, port: 0, smtpPort: 0 });
    const { MessageID } = await restClient(other).sendEmail({ ...mail, MessageStream: 'broadcast' });
    expect((await other.content(MessageID))?.text).to.equal('x');
    await other.close();
    expect(() => readArguments(['--unsubscribe', 'None'], {})).to.throw('--unsubscribe must be one of');
  });

  it('by being archived, hidden, refused for sending, and brought back within 45 days', async () => {
    await client.createMessageStream(alerts);
    const archived = await client.archiveMessageStream('alerts');
    expect(archived).to.have.all.keys('ID', 'ServerID', 'ExpectedPurgeDate');
    const purge = Date.parse(archived.ExpectedPurgeDate) - sandbox.clock.now().getTime();
    expect(Math.round(purge / 86_400_000)).to.equal(45);
    expect((await client.getMessageStreams()).TotalCount).to.equal(3);
    expect((await client.getMessageStreams({ includeArchivedStreams: true })).TotalCount).to.equal(4);
    expect(await refusalOf(client.sendEmail({ ...mail, MessageStream: 'alerts' }))).to.include({
      code: 1235,
    });
    await sandbox.clock.advance(44 * 86_400_000);
    expect(await client.unarchiveMessageStream('alerts')).to.include({ ID: 'alerts', ArchivedAt: null });
    await client.sendEmail({ ...mail, MessageStream: 'alerts' });
    await client.archiveMessageStream('alerts');
    await sandbox.clock.advance(46 * 86_400_000);
    expect(await refusalOf(client.unarchiveMessageStream('alerts'))).to.include({ code: 1232 });
  });

  it('but not the default transactional and inbound ones into the archive', async () => {
    for (const id of ['outbound', 'inbound']) {
      expect(await refusalOf(client.archiveMessageStream(id))).to.include({ code: 1229 });
    }
    expect(await client.archiveMessageStream('broadcast')).to.include({ ID: 'broadcast' });
    expect(await refusalOf(client.archiveMessageStream('nowhere'))).to.include({ code: 1226 });
  });
});
