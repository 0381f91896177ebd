import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { openStreamsApp, type StreamsApp } from '../http/streams-app.ts';
import { describeInBrowser } from '../support/browser.ts';
import { testDatabase } from '../support/database.ts';

const recipient = 'ada@mail.example';

describeInBrowser('the webhook and its password', browser => {
  let at: StreamsApp;
  let page: Page;

  before(async () => {
    at = await openStreamsApp();
  });
  beforeEach(async () => {
    await at.begin();
    page = await browser().open();
  });
  afterEach(() => page.close());
  after(() => at.close());

  const open = (path = 'streams') => page.goto(`${at.server.url}/mail/${path}`);
  const makePassword = async () => {
    await page.getByRole('button', { name: 'Create a new password' }).click();
    return page.getByLabel('Password', { exact: true }).inputValue();
  };
  /** What an admin does at Postmark. */
  const enterAtPostmark = async (password: string) => {
    const HttpAuth = { Username: 'postmark', Password: password };
    const [found] = (await at.postmark.getWebhooks()).Webhooks;
    if (found) await at.postmark.editWebhook(found.ID, { HttpAuth });
    else
      await at.postmark.createWebhook({
        Url: at.address,
        HttpAuth,
        Triggers: { Delivery: { Enabled: true } },
      });
  };
  const stateOfNextMail = async () => {
    const mail = { To: recipient, From: 'shop@sender.example', Subject: 'Hello', TextBody: 'Hi' };
    const { MessageID } = await at.postmark.sendEmail(mail);
    await at.sandbox.idle();
    const [event] = await testDatabase()('postlane_events').where({ provider_message_id: MessageID });
    return event?.kind ?? 'not reported';
  };

  it('is rotated while reports keep coming in', async () => {
    await open();
    await enterAtPostmark(await makePassword());
    expect(await stateOfNextMail()).to.equal('delivered');

    await page.getByRole('link', { name: 'I have entered it' }).click();
    const fresh = await makePassword();
    await page.getByRole('link', { name: 'I have entered it' }).click();
    expect(await page.getByText('password no.').count(), 'rows').to.be.at.least(2);
    expect(await stateOfNextMail()).to.equal('delivered');
    await enterAtPostmark(fresh);
    expect(await stateOfNextMail()).to.equal('delivered');

    await page.reload();
    const rows = page.locator('#webhook tbody tr', { hasText: 'password no.' });
    expect(await rows.filter({ hasText: 'never' }).count(), 'unused').to.equal(0);
    await rows.last().getByRole('link', { name: 'Remove' }).click();
    await page.getByRole('button', { name: 'Remove the password' }).click();
    await page.getByRole('status').getByText('Removed.').waitFor();
    expect(await rows.count()).to.equal(1);
    expect(await stateOfNextMail()).to.equal('delivered');
  });

  it('is set up at Postmark by a button, which nobody sees the password of', async () => {
    await open();
    await page.getByRole('link', { name: 'Check the webhooks at Postmark' }).click();
    expect(await page.getByText('missing', { exact: true }).count()).to.equal(3);
    await page.getByLabel('news').uncheck();
    await page.getByRole('button', { name: 'Set up with a new password' }).click();
    await page.getByText('right', { exact: true }).first().waitFor();
    expect(await page.getByText('right', { exact: true }).count()).to.equal(2);
    expect(await page.getByText('missing', { exact: true }).count()).to.equal(1);
    expect(await stateOfNextMail()).to.equal('delivered');
  });

  it('a transport is tested in its place, with a word while that takes its time', async () => {
    at.sandbox.faults.add({ where: 'GET /server', kind: 'slow', ms: 700, times: 1 });
    await open();
    await page.getByRole('button', { name: 'Test postmark-api' }).click();
    await page.getByText('Connecting').waitFor();
    await page.getByText('It works.').waitFor();
    expect(page.url()).to.match(/\/streams$/);
    await page.getByRole('button', { name: 'Test backup' }).click();
    await page.getByText('Nothing answers there').waitFor();
  });

  it('a transport is tested without a script as well', async () => {
    await page.close();
    page = await browser().open({ javaScriptEnabled: false });
    await open();
    await page.getByRole('button', { name: 'Test postmark-smtp' }).click();
    await page.getByText('It works.').waitFor();
  });

  it('the address can be copied', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await open();
    await page.getByRole('button', { name: 'Copy Webhook address' }).click();
    await page.getByText('Copied').waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).to.equal(at.address);
  });
});
