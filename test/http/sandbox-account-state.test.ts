import { expect } from 'chai';
import { restClient, smtpClient } from '../sandbox/clients.ts';
import { refusalOf } from '../support/postmark-refusal.ts';
import { useSandbox } from '../support/sandbox.ts';

const mail = { From: 'shop@sender.example', To: 'ada@mail.example', Subject: 'Hello', TextBody: 'Hi' };

describe('a sandbox whose account may not send', () => {
  const { sandbox, client } = useSandbox({ deliveryMs: 0, accountState: 'pending' });

  it("lets a pending one write to the sender's domain only", async () => {
    expect(await refusalOf(client.sendEmail(mail))).to.include({ status: 422, code: 412 });
    expect(await client.sendEmail({ ...mail, To: 'boss@SENDER.example' })).to.include({ ErrorCode: 0 });
    const mixed = { ...mail, To: 'boss@sender.example', Bcc: 'ada@mail.example' };
    const results = await client.sendEmailBatch([mixed, { ...mail, To: 'a@sender.example' }]);
    expect(results.map(({ ErrorCode }) => ErrorCode)).to.deep.equal([412, 0]);
  });

  it('looks at that after the message itself and before suppressions', async () => {
    sandbox.suppress('outbound', 'ada@mail.example');
    expect(await refusalOf(client.sendEmail(mail))).to.include({ code: 412 });
    expect(await refusalOf(client.sendEmail({ ...mail, TextBody: '' }))).to.include({ code: 300 });
  });

  it('refuses templated and bulk mail in the same way', async () => {
    const template = await client.createTemplate({ Name: 'Hi', Subject: 'Hi', TextBody: 'Hi' });
    const { From, To } = mail;
    const templated = { From, To, TemplateId: template.TemplateId, TemplateModel: {} };
    expect(await refusalOf(client.sendEmailWithTemplate(templated))).to.include({ code: 412 });
    const bulk = { From, Subject: 'Hi', TextBody: 'Hi', Messages: [{ To }] };
    expect(await refusalOf(client.sendBulkEmail(bulk))).to.include({ code: 412 });
  });

  it('takes SMTP mail and bounces it', async () => {
    await smtpClient(sandbox).sendMail({ from: mail.From, to: mail.To, subject: 'Hello', text: 'Hi' });
    const { Bounces } = await client.getBounces({ type: 'SMTPApiError' as never });
    expect(Bounces.map(({ Details }) => Details)).to.match(/^Error 412: /);
  });

  it('does not look at the account under the test token', async () => {
    expect(await restClient(sandbox, 'POSTMARK_API_TEST').sendEmail(mail)).to.include({ ErrorCode: 0 });
  });

  const states = [
    ['blocked', 413],
    ['out-of-credits', 405],
  ] as const;
  for (const [state, code] of states) {
    it(`answers ${code} when it is ${state}, and takes mail again once it is approved`, async () => {
      sandbox.adjust({ accountState: state });
      expect(await refusalOf(client.sendEmail(mail))).to.include({ status: 422, code });
      const set = (wanted: string) =>
        fetch(`${sandbox.apiUrl}/sandbox/settings`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ accountState: wanted }),
        });
      expect((await set('rich')).status).to.equal(400);
      expect((await set('approved')).status).to.equal(200);
      expect(await client.sendEmail(mail)).to.include({ ErrorCode: 0 });
    });
  }
});
