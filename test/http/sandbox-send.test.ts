import { expect } from 'chai';
import { Errors } from 'postmark';
import { restClient } from '../sandbox/clients.ts';
import { refusalOf } from '../support/postmark-refusal.ts';
import { useSandbox } from '../support/sandbox.ts';

const mail = { From: 'Shop <shop@sender.example>', To: 'ada@mail.example', Subject: 'Hello', TextBody: 'Hi' };

describe('the sandbox takes mail over REST', () => {
  const { sandbox, client } = useSandbox({ deliveryMs: 1, verifiedDomains: ['sender.example'] });

  it('answers an accepted message as documented', async () => {
    const answer = await client.sendEmail(mail);
    expect(answer).to.include({ To: 'ada@mail.example', ErrorCode: 0, Message: 'OK' });
    expect(answer.MessageID).to.match(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(answer.SubmittedAt).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/);
  });

  const attachment = (Name: string) => ({
    Name,
    Content: 'eA==',
    ContentType: 'text/plain',
    ContentID: null,
  });
  const attachments: [string, number | null][] = [
    ['run.EXE', 411],
    ['run.exe. ', 411],
    ['bat', null],
    ['notes.exe.txt', null],
    ['', 300],
  ];
  for (const [name, code] of attachments) {
    it(`${code === null ? 'takes' : 'refuses'} an attachment named '${name}'`, async () => {
      const refusal = await refusalOf(client.sendEmail({ ...mail, Attachments: [attachment(name)] })).catch(
        () => null,
      );
      expect(refusal?.code ?? null).to.equal(code);
    });
  }

  it('looks at the addresses of ReplyTo', async () => {
    const refusal = await refusalOf(client.sendEmail({ ...mail, ReplyTo: 'help@sender.example, nobody' }));
    expect(refusal.message).to.equal(
      "Error parsing 'ReplyTo': Illegal email address 'nobody'. It must contain the '@' symbol.",
    );
  });

  it('leaves To out of the answer when the request had none', async () => {
    const { To, ...withoutTo } = mail;
    const answer = await client.sendEmail({ ...withoutTo, Cc: To });
    expect(answer).not.to.have.property('To');
    expect(sandbox.messages.last()?.cc).to.deep.equal([{ Email: To, Name: '' }]);
  });

  it('answers a batch item by item, in order, under status 200', async () => {
    sandbox.suppress('outbound', 'gone@mail.example', 'HardBounce');
    const answers = await client.sendEmailBatch([
      { ...mail, To: 'one@mail.example' },
      { ...mail, To: '' },
      { ...mail, To: 'gone@mail.example' },
      { ...mail, MessageStream: 'nowhere' },
      { ...mail, To: 'two@mail.example' },
    ]);
    expect(answers.map(({ ErrorCode }) => ErrorCode)).to.deep.equal([0, 300, 406, 1235, 0]);
    expect(answers[1]).to.deep.equal({ ErrorCode: 300, Message: 'Zero recipients specified' });
    expect(answers[2]?.Message).to.equal(
      'You tried to send to a recipient that has been marked as inactive. Found inactive addresses: gone@mail.example. Inactive recipients are ones that have generated a hard bounce, a spam complaint, or a manual suppression. ',
    );
    expect(sandbox.messages.count).to.equal(2);
  });

  it('refuses a batch of more than 500 as a whole', async () => {
    const batch = Array.from({ length: 501 }, () => mail);
    expect(await refusalOf(client.sendEmailBatch(batch))).to.include({ code: 410, status: 422 });
    expect(sandbox.messages.count).to.equal(0);
  });

  it('takes up to 50 MB in a batch, and up to 10 MB in each message of it', async () => {
    const attach = (size: number) => [
      { Name: 'a.bin.txt', Content: 'A'.repeat(size), ContentType: 'text/plain', ContentID: null },
    ];
    const answers = await client.sendEmailBatch([
      { ...mail, Attachments: attach(11 * 1024 * 1024) },
      { ...mail, Attachments: attach(8 * 1024 * 1024) },
      { ...mail, HtmlBody: 'x'.repeat(5 * 1024 * 1024 + 1) },
    ]);
    expect(answers.map(({ ErrorCode }) => ErrorCode)).to.deep.equal([300, 0, 300]);
    expect(await client.sendEmailBatch([])).to.deep.equal([]);
  });

  it('refuses mail when every recipient is inactive, naming them in lower case', async () => {
    sandbox.suppress('outbound', 'Gone@mail.example');
    sandbox.suppress('outbound', 'left@mail.example');
    const call = client.sendEmail({ ...mail, To: 'GONE@mail.example', Bcc: 'left@mail.example' });
    const error = await call.catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(Errors.InactiveRecipientsError);
    if (!(error instanceof Errors.InactiveRecipientsError)) return;
    expect(error.recipients).to.deep.equal(['gone@mail.example', 'left@mail.example']);
    expect(error.message).to.equal(
      'You tried to send to recipient(s) that have been marked as inactive. Found inactive addresses: gone@mail.example, left@mail.example. Inactive recipients are ones that have generated a hard bounce, a spam complaint, or a manual suppression.',
    );
  });

  it('leaves inactive recipients out when others remain', async () => {
    sandbox.suppress('outbound', 'gone@mail.example');
    const answer = await client.sendEmail({ ...mail, Cc: 'gone@mail.example' });
    expect(answer.ErrorCode).to.equal(0);
    expect(answer.Message).to.match(
      /^Message OK, but will not deliver to these inactive addresses: gone@mail\.example\. Inactive/,
    );
    await sandbox.idle();
    expect(sandbox.messages.last()?.events.map(({ recipient }) => recipient)).to.deep.equal([
      'ada@mail.example',
    ]);
  });

  it('knows a stream in any case, with its suppressions', async () => {
    sandbox.suppress('broadcast', 'ada@mail.example');
    const call = client.sendEmail({ ...mail, MessageStream: 'Broadcast' });
    expect(await refusalOf(call)).to.include({ code: 406 });
  });

  it('keeps suppressions of one stream away from another', async () => {
    sandbox.suppress('broadcast', 'ada@mail.example');
    expect((await client.sendEmail(mail)).ErrorCode).to.equal(0);
    expect(await refusalOf(client.sendEmail({ ...mail, MessageStream: 'broadcast' }))).to.include({
      code: 406,
    });
  });

  const refused: [what: string, change: Record<string, unknown>, code: number, text: string | RegExp][] = [
    ['no recipient', { To: '' }, 300, 'Zero recipients specified'],
    ['no sender', { From: '' }, 300, "Invalid 'From' value."],
    ['a sender that is no address', { From: 'shop' }, 300, "Invalid 'From' address: 'shop'."],
    [
      'an unknown sender domain',
      { From: 'a@other.example' },
      400,
      /^The 'From' address you supplied \(a@other\.example\) is not/,
    ],
    [
      'an address without @',
      { To: 'ada' },
      300,
      "Error parsing 'To': Illegal email address 'ada'. It must contain the '@' symbol.",
    ],
    [
      'an address without a real domain',
      { Bcc: 'a@b' },
      300,
      "Error parsing 'Bcc': Illegal email domain 'b' in address 'a@b'.",
    ],
    ['a mailbox outside ASCII', { To: 'ä@mail.example' }, 300, "Invalid 'To' address: 'ä@mail.example'."],
    ['no body', { TextBody: undefined }, 300, 'Provide either email TextBody or HtmlBody or both.'],
    [
      '51 recipients',
      { To: Array.from({ length: 51 }, (_, i) => `a${i}@mail.example`).join() },
      300,
      /50 recipients/,
    ],
    ['a long subject', { Subject: 'x'.repeat(2001) }, 300, /Subject/],
    [
      'a long metadata key',
      { Metadata: { ['k'.repeat(21)]: 'v' } },
      300,
      /^Invalid metadata content\. Field names are limited to 20 characters/,
    ],
    ['a long metadata value', { Metadata: { k: 'v'.repeat(81) } }, 300, /^Invalid metadata content/],
    [
      'eleven metadata fields',
      { Metadata: Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`k${i}`, 'v'])) },
      300,
      /^Invalid metadata content/,
    ],
    ['metadata keys equal but for case', { Metadata: { a: '1', A: '2' } }, 300, /^Invalid metadata content/],
    ['a number for a text', { Subject: 7 }, 403, "Invalid request field(s): 'Subject'."],
    [
      'a forbidden attachment',
      { Attachments: [{ Name: 'run.EXE', Content: 'aGk=', ContentType: 'x/y' }] },
      411,
      /run\.EXE/,
    ],
    [
      'an unknown stream',
      { MessageStream: 'nowhere' },
      1235,
      "The stream provided: 'nowhere' does not exist on this server.",
    ],
    ['the inbound stream', { MessageStream: 'inbound' }, 1236, /inbound/],
  ];
  for (const [what, change, code, text] of refused) {
    it(`refuses ${what} with code ${code}`, async () => {
      const refusal = await refusalOf(client.sendEmail({ ...mail, ...change }));
      expect(refusal).to.include({ code, status: 422 });
      if (typeof text === 'string') expect(refusal.message).to.equal(text);
      else expect(refusal.message).to.match(text);
      expect(sandbox.messages.count).to.equal(0);
    });
  }

  it('checks mail under the test token but takes none', async () => {
    const test = restClient(sandbox, 'POSTMARK_API_TEST');
    const answer = await test.sendEmail({ ...mail, From: 'anyone@other.example' });
    expect(answer).to.include({ ErrorCode: 0, Message: 'Test job accepted' });
    expect(await refusalOf(test.sendEmail({ ...mail, To: '' }))).to.include({ code: 300 });
    expect(await refusalOf(test.getServer())).to.include({ code: 10, status: 401 });
    expect(sandbox.messages.count).to.equal(0);
  });

  it('counts copies by attempt and by recipient', async () => {
    const Metadata = { 'postlane-attempt': 'attempt-1' };
    await client.sendEmail({ ...mail, Metadata });
    await client.sendEmail({ ...mail, To: 'Ada@mail.example', Metadata });
    expect(sandbox.copies('attempt-1')).to.equal(2);
    expect(sandbox.copies('attempt-2')).to.equal(0);
    expect([...sandbox.copiesByAttempt()]).to.deep.equal([['attempt-1', 2]]);
    expect([...sandbox.copiesByRecipient()]).to.deep.equal([['ada@mail.example', 2]]);
  });
});
