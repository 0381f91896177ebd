import { expect } from 'chai';
import { accountClient, restClient } from '../sandbox/clients.ts';
import { createSandbox, type Sandbox } from '../sandbox/index.ts';
import { refusalOf } from '../support/postmark-refusal.ts';

const mail = {
  From: 'shop@sender.example',
  Subject: 'Hello',
  TextBody: 'Hi',
  Metadata: { 'postlane-attempt': 'a1' },
};
const request = {
  RequestedBy: 'dpo@sender.example',
  RequestedFor: 'ada@mail.example',
  NotifyWhenCompleted: false,
};

describe('the data removals of a sandbox', () => {
  let sandbox: Sandbox;

  afterEach(() => sandbox.close());

  it('are done a minute later, and what was known is gone', async () => {
    sandbox = await createSandbox({ deliveryMs: 0 });
    const [account, client] = [accountClient(sandbox), restClient(sandbox)];
    const { MessageID } = await client.sendEmail({ ...mail, To: 'ada@mail.example' });
    await client.sendEmail({ ...mail, To: 'bob@mail.example', Metadata: {} });
    await sandbox.idle();
    sandbox.open(MessageID);
    sandbox.bounce(MessageID);
    sandbox.bounce('bob@mail.example');
    await sandbox.receive({ from: 'ada@mail.example', text: 'Please forget me' });

    const removal = await account.requestDataRemoval(request);
    expect(removal).to.deep.equal({ ID: removal.ID, Status: 'Pending' });
    await sandbox.clock.advance(60_000);
    expect(await account.getDataRemovalStatus(removal.ID)).to.deep.equal({ ID: removal.ID, Status: 'Done' });

    const { Messages } = await client.getOutboundMessages();
    expect(Messages.map(({ Recipients }) => Recipients)).to.deep.equal([['bob@mail.example']]);
    expect(await refusalOf(client.getOutboundMessageDetails(MessageID))).to.include({ code: 701 });
    const found = await client.getOutboundMessages({ 'metadata_postlane-attempt': 'a1' } as object);
    expect(found.TotalCount).to.equal(0);
    expect((await client.getMessageOpens()).TotalCount).to.equal(0);
    const { Bounces } = await client.getBounces();
    expect(Bounces.map(({ Email }) => Email)).to.deep.equal(['bob@mail.example']);
    expect((await client.getInboundMessages()).TotalCount).to.equal(0);
    expect((await client.getSuppressions('outbound')).Suppressions).to.have.length(2);
    expect(sandbox.copies('a1')).to.equal(1);
  });

  it('are refused without an address, unknown ones are not found, and they want permission', async () => {
    sandbox = await createSandbox();
    const account = accountClient(sandbox);
    const nobody = account.requestDataRemoval({ ...request, RequestedFor: 'nobody' });
    expect(await refusalOf(nobody)).to.include({ status: 422, code: 1302 });
    expect(await refusalOf(account.getDataRemovalStatus(9))).to.include({ code: 1301 });
    await sandbox.close();
    sandbox = await createSandbox({ approvals: { dataRemovals: false } });
    expect(await refusalOf(accountClient(sandbox).requestDataRemoval(request))).to.include({ code: 1300 });
  });
});
