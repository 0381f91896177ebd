import { expect } from 'chai';
import type { Models } from 'postmark';
import { refusalOf } from '../support/postmark-refusal.ts';
import { useWebhooksApi } from '../support/sandbox-webhooks.ts';

const OFF = { Enabled: false };

describe("the sandbox's webhooks API", () => {
  const { sandbox, client, receiver, create, send, call } = useWebhooksApi();

  it('probes once per enabled trigger, then saves and posts what is wanted', async () => {
    const webhook = await create({
      HttpAuth: { Username: 'hook', Password: 'secret' },
      HttpHeaders: [{ Name: 'X-Own', Value: 'yes' }],
      Triggers: { Delivery: { Enabled: true }, Bounce: { Enabled: true, IncludeContent: true } },
    });
    expect(webhook).to.deep.equal({
      ID: 100001,
      Url: receiver.url,
      MessageStream: 'outbound',
      Status: 'verified',
      HttpAuth: { Username: 'hook', Password: 'secret' },
      HttpHeaders: [{ Name: 'X-Own', Value: 'yes' }],
      Triggers: {
        Open: { Enabled: false, PostFirstOpenOnly: false },
        Click: OFF,
        Delivery: { Enabled: true },
        Bounce: { Enabled: true, IncludeContent: true },
        SpamComplaint: { Enabled: false, IncludeContent: false },
        SubscriptionChange: OFF,
      },
    });
    expect(receiver.hooks.map(({ body }) => body.RecordType).sort()).to.deep.equal(['Bounce', 'Delivery']);
    receiver.hooks.length = 0;
    await send({ To: 'bounce+1@mail.example' });
    await send();
    await send({ MessageStream: 'broadcast' });
    expect(receiver.hooks.map(({ body }) => body.RecordType)).to.deep.equal(['Bounce', 'Delivery']);
    expect(receiver.of('Bounce')[0]).to.have.property('Content');
    expect(receiver.hooks[0]?.headers).to.include({
      'x-own': 'yes',
      authorization: `Basic ${btoa('hook:secret')}`,
    });
  });

  it('posts content and further opens only to those who asked', async () => {
    const Triggers = { Open: { Enabled: true, PostFirstOpenOnly: true }, SpamComplaint: { Enabled: true } };
    await create({ Triggers });
    receiver.hooks.length = 0;
    await send();
    sandbox.open('ada@mail.example');
    sandbox.open('ada@mail.example');
    sandbox.complain('ada@mail.example');
    await sandbox.idle();
    expect(receiver.of('Open')).to.have.length(1);
    expect(receiver.of('SpamComplaint')[0]).not.to.have.property('Content');
  });

  it('saves nothing when a probe is not answered with exactly 200', async () => {
    receiver.answerWith(204);
    const response = await fetch(`${sandbox.apiUrl}/webhooks`, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        'x-postmark-server-token': sandbox.token,
      },
      body: JSON.stringify({ Url: receiver.url, Triggers: { Delivery: { Enabled: true } } }),
    });
    expect(response.status).to.equal(422);
    expect(response.headers.get('x-pm-apierrorcode')).to.equal('1364');
    expect(await response.json()).to.deep.equal({
      Id: null,
      Url: receiver.url,
      Success: false,
      Results: [
        {
          TriggerType: 'Delivery',
          Success: false,
          StatusCode: 204,
          Message: 'The URL answered 204, not 200.',
        },
      ],
      Message: '0/1 triggers verified successfully',
    });
    // The official client finds no ErrorCode in the documented body.
    receiver.answerWith(500);
    expect(await refusalOf(create())).to.deep.equal({
      code: 0,
      status: 422,
      message: '0/1 triggers verified successfully',
    });
    expect(await client.getWebhooks()).to.deep.equal({ Webhooks: [] });
  });

  it('keeps unverified webhooks quiet until they are verified', async () => {
    const webhook = await create({ Verify: false });
    expect(webhook).to.include({ Status: 'unverified' });
    await send();
    expect(receiver.hooks).to.deep.equal([]);
    receiver.answerWith(500);
    expect(await call('POST', `/webhooks/${webhook.ID}/verify`)).to.include({ Success: false });
    expect(await call('POST', `/webhooks/${webhook.ID}/verify`)).to.deep.include({
      Id: webhook.ID,
      Success: true,
      Message: '1/1 triggers verified successfully',
    });
    receiver.hooks.length = 0;
    await send();
    expect(receiver.of('Delivery')).to.have.length(1);
  });

  it('lists by stream, edits in part and deletes', async () => {
    const { ID } = await create();
    await create({ MessageStream: 'broadcast' });
    const streams = async (filter?: { messageStream: string }): Promise<string[]> =>
      (await client.getWebhooks(filter)).Webhooks.map(({ MessageStream }) => MessageStream);
    expect(await streams()).to.deep.equal(['outbound', 'broadcast']);
    expect(await streams({ messageStream: 'broadcast' })).to.deep.equal(['broadcast']);
    expect(await refusalOf(client.getWebhooks({ messageStream: 'nowhere' }))).to.include({ code: 1226 });
    const edited = await client.editWebhook(ID, { Triggers: { Click: { Enabled: true } } });
    expect(edited.Triggers).to.deep.include({ Click: { Enabled: true }, Delivery: { Enabled: true } });
    expect(await client.getWebhook(ID)).to.deep.equal(edited);
    receiver.answerWith(404, 404);
    expect(await refusalOf(client.editWebhook(ID, { Url: `${receiver.url}/other` }))).to.include({
      status: 422,
    });
    expect((await client.getWebhook(ID)).Url).to.equal(receiver.url);
    expect(await client.deleteWebhook(ID)).to.deep.equal({ ErrorCode: 0, Message: `Webhook ${ID} removed.` });
    expect(await refusalOf(client.getWebhook(ID))).to.include({ code: 1352 });
    expect(await refusalOf(client.deleteWebhook(ID))).to.include({ code: 1352 });
  });

  const refused: [what: string, change: object, code: number][] = [
    ['no address', { Url: '' }, 1354],
    ['an address that is none', { Url: 'here' }, 1354],
    ['an unknown stream', { MessageStream: 'nowhere' }, 1226],
    ['the inbound stream', { MessageStream: 'inbound' }, 1351],
    ['an id', { ID: 7 }, 1356],
    ['a status', { Status: 'verified' }, 1363],
    ['an odd header name', { HttpHeaders: [{ Name: 'a b', Value: 'x' }] }, 1358],
    ['a header value with a line break', { HttpHeaders: [{ Name: 'a', Value: 'x\r\ny' }] }, 1361],
    ['a Verify that is no flag', { Verify: 'no' }, 403],
    ['a trigger that is no flag', { Triggers: { Open: { Enabled: 'yes' } } }, 403],
  ];
  for (const [what, change, code] of refused) {
    it(`refuses ${what} with code ${code}`, async () => {
      expect(await refusalOf(create(change))).to.include({ code, status: 422 });
      expect((await client.getWebhooks()).Webhooks).to.deep.equal([]);
    });
  }

  it('refuses empty bodies, moves to another stream, archived streams and an eleventh webhook', async () => {
    expect(await refusalOf(client.createWebhook({}))).to.include({ code: 1355 });
    const { ID } = await create();
    expect(await refusalOf(client.editWebhook(ID, {}))).to.include({ code: 1355 });
    const moved = { MessageStream: 'broadcast' } as Models.UpdateWebhookRequest;
    expect(await refusalOf(client.editWebhook(ID, moved))).to.include({ code: 1357 });
    for (let i = 1; i < 10; i += 1) await create({ Verify: false });
    expect(await refusalOf(create())).to.include({ code: 1359 });
    await client.archiveMessageStream('broadcast');
    expect(await refusalOf(create({ MessageStream: 'broadcast' }))).to.include({ code: 1350 });
  });
});
