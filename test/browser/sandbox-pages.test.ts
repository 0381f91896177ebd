import { expect } from 'chai';
import { restClient } from '../sandbox/clients.ts';
import { createSandbox, type Sandbox } from '../sandbox/index.ts';
import { describeInBrowser } from '../support/browser.ts';
import { pageFaults } from './page-faults.ts';

const mail = {
  From: 'Shop <shop@sender.example>',
  To: 'ada@mail.example, Bob <bob@mail.example>',
  Subject: 'Your order is on its way, with a subject that is longer than a narrow screen is wide',
  HtmlBody: '<h1>Hello</h1><p><a href="https://shop.example/orders/17">Your order</a></p>',
  TextBody: 'Hello',
  Metadata: { order: '17' },
};

describeInBrowser("the sandbox's pages", browser => {
  let sandbox: Sandbox;
  let message: string;

  before(async () => {
    sandbox = await createSandbox({ deliveryMs: 0 });
    const { MessageID } = await restClient(sandbox).sendEmail(mail);
    await sandbox.idle();
    sandbox.open(MessageID);
    await sandbox.reply(MessageID, 'Thanks');
    message = `/sandbox/messages/${MessageID}`;
  });
  after(() => sandbox.close());

  const paths = (): string[] => [
    '/',
    '/?q=nothing',
    '/sandbox/inbound',
    message,
    ...['text', 'headers', 'raw', 'events'].map(view => `${message}?view=${view}`),
    message.replace('/messages/', '/unsubscribe/').concat('/0'),
  ];

  it('have no serious fault, fit, and can be used by keyboard', async () => {
    const page = await browser().open({ reducedMotion: 'reduce' });
    const faults: string[] = [];
    for (const path of paths()) {
      await page.goto(sandbox.apiUrl + path);
      faults.push(...(await pageFaults(page)).map(fault => `${path}: ${fault}`));
    }
    expect(faults).to.deep.equal([]);
  });

  it('act on a message, and show what came of it', async () => {
    const page = await browser().open();
    await page.goto(`${sandbox.apiUrl}${message}?view=events`);
    await page.getByRole('button', { name: 'Click', exact: true }).click();
    await page.getByRole('cell', { name: 'Clicked', exact: true }).waitFor();
    await page.getByRole('link', { name: 'HTML', exact: true }).click();
    await page.frameLocator('iframe').getByRole('heading', { name: 'Hello' }).waitFor();
    await page.getByText('Reply', { exact: true }).click();
    await page.getByRole('textbox', { name: 'Reply as ada@mail.example' }).fill('See you');
    await page.getByRole('button', { name: 'Reply as ada@mail.example' }).click();
    await page.getByRole('link', { name: 'Inbound 2' }).click();
    expect(await page.getByText('Re: Your order').count()).to.equal(2);
    await page.close();
  });

  it('tell of new mail without being asked', async () => {
    const page = await browser().open();
    await page.goto(sandbox.apiUrl);
    await restClient(sandbox).sendEmail({ ...mail, Subject: 'Fresh' });
    await page.getByText('1 new, show').click();
    await page.getByText('Fresh').waitFor();
    await page.close();
  });
});
