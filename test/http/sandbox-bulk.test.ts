import { expect } from 'chai';
import { type BulkEmailRequest, Models } from 'postmark';
import { restClient } from '../sandbox/clients.ts';
import { createSandbox } from '../sandbox/index.ts';
import { refusalOf } from '../support/postmark-refusal.ts';
import { useSandbox } from '../support/sandbox.ts';

const news: BulkEmailRequest = {
  From: 'news@sender.example',
  Subject: 'News for {{name}}',
  TextBody: 'Hi {{name}}',
  Tag: 'news',
  Metadata: { issue: '7', kind: 'all' },
  Headers: [{ Name: 'X-Issue', Value: '7' }],
  Messages: [
    { To: 'ada@mail.example', TemplateModel: { name: 'Ada' } },
    { To: 'bob@mail.example', TemplateModel: { name: 'Bob' }, Metadata: { kind: 'own' } },
  ],
};

describe('the sandbox takes bulk mail', () => {
  const { sandbox, client } = useSandbox({ deliveryMs: 1 });

  function get(path: string): Promise<Response> {
    return fetch(sandbox.apiUrl + path, {
      headers: { accept: 'application/json', 'x-postmark-server-token': sandbox.token },
    });
  }

  it('over the broadcast stream, one message per recipient with its own words', async () => {
    const answer = await client.sendBulkEmail(news);
    expect(answer).to.have.all.keys('Id', 'Status', 'SubmittedAt');
    expect(answer.Status).to.equal('Accepted');
    await sandbox.idle();
    const { Messages } = await client.getOutboundMessages({ messageStream: 'broadcast' });
    expect(Messages.map(({ Subject, Metadata, Tag }) => ({ Subject, Metadata, Tag }))).to.deep.equal([
      { Subject: 'News for Bob', Metadata: { issue: '7', kind: 'own' }, Tag: 'news' },
      { Subject: 'News for Ada', Metadata: { issue: '7', kind: 'all' }, Tag: 'news' },
    ]);
    const content = await sandbox.content('ada@mail.example');
    expect(content?.text).to.match(/^Hi Ada\r\n\r\nUnsubscribe: http/);
    expect(content?.headers).to.deep.include({ Name: 'X-Issue', Value: '7' });
  });

  it('tells how far it is', async () => {
    const { Id } = await client.sendBulkEmail(news);
    await sandbox.idle();
    const { SubmittedAt, ...status } = await client.getBulkEmailStatus(Id);
    expect(SubmittedAt).to.match(/\.\d{7}Z$/);
    expect(status).to.deep.equal({
      Id,
      Status: 'Completed',
      TotalMessages: 2,
      PercentageCompleted: 100,
      ReleasedCount: 2,
      FailedCount: 0,
      Subject: 'News for {{name}}',
    });
  });

  it('counts as failed who is suppressed and what cannot be rendered', async () => {
    sandbox.suppress('broadcast', 'ada@mail.example');
    const HtmlBody = '{{#each lines}}{{.}}{{/each}}';
    const Messages = [...news.Messages, { To: 'cy@mail.example', TemplateModel: { lines: 'one' } }];
    const { Id } = await client.sendBulkEmail({ ...news, HtmlBody, Messages });
    await sandbox.idle();
    expect(await client.getBulkEmailStatus(Id)).to.include({ ReleasedCount: 1, FailedCount: 2 });
    expect([...sandbox.copiesByRecipient().keys()]).to.deep.equal(['bob@mail.example']);
  });

  it('fills a template', async () => {
    await client.createTemplate({ Name: 'N', Alias: 'news', Subject: 'T {{name}}', TextBody: 'B {{name}}' });
    const { Subject, TextBody, ...rest } = news;
    await client.sendBulkEmail({ ...rest, TemplateAlias: 'news' });
    await sandbox.idle();
    expect(sandbox.messages.lastTo('ada@mail.example')?.subject).to.equal('T Ada');
    const unknown = client.sendBulkEmail({ ...rest, TemplateAlias: 'nowhere' });
    expect(await refusalOf(unknown)).to.include({ code: 1101 });
  });

  it('counts 50 recipients in each of To, Cc and Bcc', async () => {
    const many = (name: string, count: number) =>
      Array.from({ length: count }, (_, i) => `${name}${i}@mail.example`).join(',');
    const request = { From: 'news@sender.example', Subject: 'News', TextBody: 'News' };
    const send = (count: number) =>
      client.sendBulkEmail({ ...request, Messages: [{ To: many('a', count), Cc: many('b', 50) }] });
    expect(await send(50)).to.include({ Status: 'Accepted' });
    expect(await refusalOf(send(51))).to.include({ status: 422, code: 300 });
  });

  it('takes all or nothing: one fault is answered as itself', async () => {
    const call = client.sendBulkEmail({ ...news, Messages: [...news.Messages, { To: 'nobody' }] });
    expect(await refusalOf(call)).to.deep.equal({
      code: 300,
      status: 422,
      message: "Error parsing 'To': Illegal email address 'nobody'. It must contain the '@' symbol.",
    });
    await sandbox.idle();
    expect(sandbox.messages.count).to.equal(0);
  });

  it('answers several faults together', async () => {
    const response = await fetch(`${sandbox.apiUrl}/email/bulk`, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        'x-postmark-server-token': sandbox.token,
      },
      body: JSON.stringify({ ...news, From: 'shop', Messages: [{ To: '' }, { To: 'a@mail.example' }] }),
    });
    expect(response.status).to.equal(422);
    expect(response.headers.get('x-pm-apierrorcode')).to.equal('11');
    const body = (await response.json()) as Record<string, unknown>;
    expect(body).to.include({ ErrorCode: 11 });
    expect(body.Errors).to.deep.equal({
      From: [{ ErrorCode: 300, Message: "Invalid 'From' address: 'shop'." }],
      'Messages[0].To': [{ ErrorCode: 300, Message: 'Zero recipients specified' }],
    });
  });

  const refused: [what: string, change: object, code: number][] = [
    ['an unknown stream', { MessageStream: 'nowhere' }, 1226],
    ['the inbound stream', { MessageStream: 'inbound' }, 1236],
    ['no message', { Messages: [] }, 300],
    ['no body', { TextBody: '' }, 300],
    ['a list that is none', { Messages: 'x' }, 403],
    ['a long metadata value', { Messages: [{ To: 'a@mail.example', Metadata: { k: 'v'.repeat(81) } }] }, 300],
  ];
  for (const [what, change, code] of refused) {
    it(`refuses ${what} with code ${code}`, async () => {
      expect(await refusalOf(client.sendBulkEmail({ ...news, ...change }))).to.include({ code, status: 422 });
    });
  }

  it('lists requests newest first, page by page', async () => {
    const ids: string[] = [];
    for (let i = 0; i < 3; i += 1) ids.push((await client.sendBulkEmail(news)).Id);
    const first = (await (await get('/email/bulk?count=2')).json()) as {
      Requests: { Id: string }[];
      PaginationKey: string;
    };
    expect(first.Requests.map(({ Id }) => Id)).to.deep.equal([ids[2], ids[1]]);
    const rest = await (await get(`/email/bulk?count=2&paginationKey=${first.PaginationKey}`)).json();
    expect(rest).to.have.nested.property('Requests[0].Id', ids[0]);
    expect(rest).not.to.have.property('PaginationKey');
    const tampered = await get('/email/bulk?paginationKey=x');
    expect(await tampered.json()).to.include({ ErrorCode: 13 });
  });

  it('answers 404 for an unknown request, and code 14 without approval', async () => {
    expect(await refusalOf(client.getBulkEmailStatus('nothing'))).to.include({ code: 12, status: 404 });
    const other = await createSandbox({ approvals: { bulk: false } });
    expect(await refusalOf(restClient(other).sendBulkEmail(news))).to.include({ code: 14, status: 422 });
    expect(await refusalOf(restClient(other).getBulkEmailStatus('x'))).to.include({ code: 14 });
    await other.close();
  });

  it('knows the states of the official client', () => {
    expect(Object.values(Models.BulkEmailStatus)).to.include.members(['Accepted', 'Processing', 'Completed']);
  });
});
