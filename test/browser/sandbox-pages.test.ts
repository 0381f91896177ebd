import { expect } from 'chai';
import { restClient } from '../sandbox/clients.ts';
import { createSandbox, type Sandbox } from '../sandbox/index.ts';
import { accessibilityFaults } from '../support/accessibility.ts';
import { describeInBrowser } from '../support/browser.ts';

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

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [390, 1280]) {
      it(`have no serious fault and fit, ${colorScheme}, ${width} pixels wide`, async () => {
        const page = await browser().open({ colorScheme, viewport: { width, height: 900 } });
        for (const path of paths()) {
          await page.goto(sandbox.apiUrl + path);
          expect(await accessibilityFaults(page), path).to.deep.equal([]);
          const tooWide = await page.evaluate('document.documentElement.scrollWidth > window.innerWidth');
          expect(tooWide, `${path} scrolls sideways`).to.equal(false);
        }
        await page.close();
      });
    }
  }

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
