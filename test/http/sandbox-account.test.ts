import { expect } from 'chai';
import { accountClient, restClient } from '../sandbox/clients.ts';
import { refusalOf } from '../support/postmark-refusal.ts';
import { useSandbox } from '../support/sandbox.ts';

const mail = { From: 'shop@new.example', To: 'ada@mail.example', Subject: 'Hello', TextBody: 'Hi' };

describe("the sandbox's account", () => {
  const { sandbox, account } = useSandbox({ deliveryMs: 1, verifiedDomains: ['sender.example'] });

  it('wants its own token', async () => {
    expect(await refusalOf(accountClient(sandbox, sandbox.token).getDomains())).to.deep.equal({
      code: 10,
      status: 401,
      message: 'Request does not contain a valid Account token.',
    });
    expect(await refusalOf(restClient(sandbox, sandbox.accountToken).getServer())).to.include({ code: 10 });
    const headers = {
      accept: 'application/json',
      'x-postmark-server-token': sandbox.token,
      'x-postmark-account-token': sandbox.accountToken,
    };
    const both = await fetch(`${sandbox.apiUrl}/domains?count=1&offset=0`, { headers });
    expect(both.status).to.equal(401);
  });

  it('lists the domains it was given as verified', async () => {
    const { TotalCount, Domains } = await account.getDomains();
    expect(TotalCount).to.equal(1);
    expect(Domains).to.deep.equal([
      {
        ID: Domains[0]?.ID,
        Name: 'sender.example',
        SPFVerified: false,
        DKIMVerified: true,
        WeakDKIM: false,
        ReturnPathDomainVerified: false,
      },
    ]);
    expect(await refusalOf(account.getDomains({ count: 501 }))).to.include({ code: 500 });
  });

  it('takes mail from a domain once its key is published and verified', async () => {
    const client = restClient(sandbox);
    const domain = await account.createDomain({
      Name: 'New.Example',
      ReturnPathDomain: 'pm-bounces.new.example',
    });
    expect(domain).to.include({
      Name: 'new.example',
      DKIMVerified: false,
      DKIMHost: '',
      DKIMUpdateStatus: 'Pending',
      ReturnPathDomain: 'pm-bounces.new.example',
      ReturnPathDomainCNAMEValue: 'pm.mtasv.net',
    });
    expect(domain.DKIMPendingHost).to.match(/^\d+pm\._domainkey\.new\.example$/);
    expect(await account.verifyDomainDKIM(domain.ID)).to.include({ DKIMVerified: false });
    expect(await refusalOf(client.sendEmail(mail))).to.include({ code: 400 });
    sandbox.dns.publish(domain.DKIMPendingHost, domain.DKIMPendingTextValue);
    expect(await account.verifyDomainDKIM(domain.ID)).to.include({
      DKIMVerified: true,
      DKIMUpdateStatus: 'Verified',
      DKIMHost: domain.DKIMPendingHost,
      DKIMTextValue: domain.DKIMPendingTextValue,
      DKIMPendingHost: '',
    });
    expect(await client.sendEmail(mail)).to.include({ ErrorCode: 0 });
  });

  it('rotates a key: the old one is revoked when the new one is found', async () => {
    const [{ ID } = { ID: 0 }] = (await account.getDomains()).Domains;
    const before = await account.getDomain(ID);
    const rotating = await account.rotateDomainDKIM(ID);
    expect(rotating).to.include({
      DKIMHost: before.DKIMHost,
      DKIMVerified: true,
      DKIMUpdateStatus: 'Pending',
    });
    expect(await refusalOf(account.rotateDomainDKIM(ID))).to.include({ code: 505 });
    sandbox.dns.publish(rotating.DKIMPendingHost, rotating.DKIMPendingTextValue);
    expect(await account.verifyDomainDKIM(ID)).to.include({
      DKIMHost: rotating.DKIMPendingHost,
      DKIMRevokedHost: before.DKIMHost,
      SafeToRemoveRevokedKeyFromDNS: true,
    });
  });

  it('answers that SPF is verified, whatever the DNS holds', async () => {
    const { ID, SPFTextValue } = await account.createDomain({ Name: 'new.example' });
    expect(await account.verifyDomainSPF(ID)).to.deep.equal({
      SPFHost: 'new.example',
      SPFVerified: true,
      SPFTextValue,
    });
  });

  it('verifies the return path against the DNS', async () => {
    const { ID } = await account.createDomain({ Name: 'new.example' });
    const edited = await account.editDomain(ID, { ReturnPathDomain: 'rp.new.example' });
    expect(await account.verifyDomainReturnPath(ID)).to.include({ ReturnPathDomainVerified: false });
    sandbox.dns.publish('rp.new.example', edited.ReturnPathDomainCNAMEValue);
    expect(await account.verifyDomainReturnPath(ID)).to.include({ ReturnPathDomainVerified: true });
    sandbox.dns.withdraw('rp.new.example');
    expect(await account.verifyDomainReturnPath(ID)).to.include({ ReturnPathDomainVerified: false });
  });

  const badDomains: [object, number][] = [
    [{}, 514],
    [{ Name: `${'a'.repeat(260)}.example` }, 515],
    [{ Name: 'no domain' }, 516],
    [{ Name: 'Sender.example' }, 512],
    [{ Name: 7 }, 511],
    [{ Name: 'new.example', ReturnPathDomain: 'pm.other.example' }, 522],
  ];
  for (const [domain, code] of badDomains) {
    it(`refuses the domain ${JSON.stringify(domain).slice(0, 40)} with code ${code}`, async () => {
      expect(await refusalOf(account.createDomain(domain as { Name: string }))).to.include({
        code,
        status: 422,
      });
    });
  }

  it('deletes domains, and does not know unknown ones', async () => {
    const { ID } = await account.createDomain({ Name: 'new.example' });
    expect(await account.deleteDomain(ID)).to.deep.equal({
      ErrorCode: 0,
      Message: 'Domain new.example removed.',
    });
    expect(await refusalOf(account.getDomain(ID))).to.include({ code: 510 });
    expect(await refusalOf(account.verifyDomainDKIM(ID))).to.include({ code: 510 });
  });

  const desk = { FromEmail: 'desk@new.example', Name: 'Desk' };

  it('takes mail from an address once its signature is confirmed', async () => {
    const client = restClient(sandbox);
    const sender = await account.createSenderSignature({ ...desk, ReplyToEmail: 'help@new.example' });
    expect(sender).to.include({
      Domain: 'new.example',
      EmailAddress: 'desk@new.example',
      ReplyToEmailAddress: 'help@new.example',
      Name: 'Desk',
      Confirmed: false,
      DKIMVerified: false,
    });
    expect(await refusalOf(client.sendEmail({ ...mail, From: desk.FromEmail }))).to.include({ code: 400 });
    expect(await account.resendSenderSignatureConfirmation(sender.ID)).to.include({ ErrorCode: 0 });
    sandbox.confirmSender('Desk@new.example');
    expect(await client.sendEmail({ ...mail, From: desk.FromEmail })).to.include({ ErrorCode: 0 });
    expect(await refusalOf(account.resendSenderSignatureConfirmation(sender.ID))).to.include({ code: 506 });
    const { SenderSignatures } = await account.getSenderSignatures();
    expect(SenderSignatures).to.deep.equal([
      {
        ID: sender.ID,
        Domain: 'new.example',
        EmailAddress: 'desk@new.example',
        ReplyToEmailAddress: 'help@new.example',
        Name: 'Desk',
        Confirmed: true,
      },
    ]);
  });

  it('edits, verifies and deletes signatures', async () => {
    const { ID } = await account.createSenderSignature(desk);
    const change = { Name: 'Help', ReplyToEmail: 'help@new.example', ConfirmationPersonalNote: 'Please' };
    expect(await account.editSenderSignature(ID, change)).to.include({
      Name: 'Help',
      ReplyToEmailAddress: 'help@new.example',
      ConfirmationPersonalNote: 'Please',
    });
    expect(await account.verifySenderSignatureSPF(ID)).to.include({ SPFVerified: true });
    expect(await refusalOf(account.requestNewDKIMForSenderSignature(ID))).to.include({ code: 505 });
    const { DKIMPendingHost, DKIMPendingTextValue } = await account.getSenderSignature(ID);
    sandbox.dns.publish(DKIMPendingHost, DKIMPendingTextValue);
    const [, domain] = (await account.getDomains()).Domains;
    await account.verifyDomainDKIM(domain?.ID ?? 0);
    expect(await account.requestNewDKIMForSenderSignature(ID)).to.include({ DKIMUpdateStatus: 'Pending' });
    expect(await account.deleteSenderSignature(ID)).to.include({ ErrorCode: 0 });
    expect(await refusalOf(account.getSenderSignature(ID))).to.include({ code: 501 });
  });

  const badSenders: [object, number][] = [
    [{}, 502],
    [{ Name: 'x' }, 520],
    [{ FromEmail: desk.FromEmail }, 502],
    [{ ...desk, FromEmail: 'desk' }, 522],
    [{ ...desk, ReplyToEmail: 'help' }, 522],
    [{ ...desk, FromEmail: 'desk@gmail.com' }, 503],
    [{ ...desk, ConfirmationPersonalNote: 'x'.repeat(401) }, 521],
  ];
  for (const [sender, code] of badSenders) {
    it(`refuses the signature ${JSON.stringify(sender).slice(0, 60)} with code ${code}`, async () => {
      const call = account.createSenderSignature(sender as typeof desk);
      expect(await refusalOf(call)).to.include({ code, status: 422 });
    });
  }

  it('refuses a signature twice', async () => {
    await account.createSenderSignature(desk);
    expect(await refusalOf(account.createSenderSignature(desk))).to.include({ code: 504 });
  });
});
