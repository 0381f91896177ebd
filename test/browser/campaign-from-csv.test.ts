import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { createPostmarkSmtpTransport } from '../../server/mail/providers/postmark/smtp-transport.ts';
import { startWorker, type Worker } from '../../worker/index.ts';
import { newsletterData } from '../http/pages-mail.ts';
import { describeInBrowser } from '../support/browser.ts';
import { gated } from './gated-transport.ts';
import { openWholeApp, type WholeApp } from './whole-app.ts';

const readers = Array.from({ length: 40 }, (_, i) => `reader-${i}@mail.example,Reader ${i}`);
const csv = ['E-Mail,Name', ...readers.slice(0, 20), 'not an address,Bob', ...readers.slice(20)].join('\n');
const file = { name: 'may.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) };

describeInBrowser('a campaign', browser => {
  let app: WholeApp;
  let worker: Worker;
  let gate: ReturnType<typeof gated>;

  before(async () => {
    app = await openWholeApp({ access: 'open' });
    await app.mail.suppressions.add('broadcast', 'reader-7@mail.example', 'asked by phone');
    const { smtpUrl: url = '', smtpCa: ca = '' } = app.config.servers.postmark ?? {};
    gate = gated(createPostmarkSmtpTransport({ url, ca }));
    worker = await startWorker({ ...app.config, migrate: false }, { transports: [gate.transport] });
  });
  after(async () => {
    gate.open();
    await worker.stop();
    await app.close();
  });

  const plan = async (page: Page) =>
    (await page.locator('#plan').getByRole('definition').allInnerTexts()).map(Number);
  const progress = (page: Page) => page.locator('#progress');
  const arrived = async (page: Page, name: string) => {
    await page.getByRole('heading', { name, level: 1 }).waitFor();
    await page.waitForLoadState();
  };
  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });

  it('goes from a list with a bad line to its results, with a pause on the way', async () => {
    const page = await browser().open({ acceptDownloads: true });
    await page.goto(`${app.url}campaigns`);
    await page.getByRole('link', { name: 'New campaign' }).click();
    await page.getByLabel('Name').fill('May news');
    await page.getByRole('combobox', { name: 'Template' }).selectOption('newsletter');
    await page.getByLabel('Shared data').fill('{"issue":');
    await button(page, 'Create draft').click();
    await page.getByRole('alert').getByText('not valid JSON').waitFor();
    expect(await page.getByLabel('Name').inputValue(), 'nothing typed is lost').to.equal('May news');
    await page.getByLabel('Shared data').fill(JSON.stringify(newsletterData));
    await button(page, 'Create draft').click();
    await arrived(page, 'May news');

    // A bad line: first nobody is added, then everybody else is.
    await page.getByLabel('File').setInputFiles(file);
    await page.getByRole('radio', { name: /^Add nobody/ }).check();
    await button(page, 'Add to the audience').click();
    await arrived(page, 'Nobody was added');
    const faulty = page.getByRole('row', { name: /^22 / });
    expect(await faulty.innerText()).to.match(/address/i);
    await page.getByRole('link', { name: 'Continue with the campaign' }).click();
    await arrived(page, 'May news');
    await page.getByText('No recipients yet.').waitFor();
    await page.getByLabel('File').setInputFiles(file);
    await button(page, 'Add to the audience').click();
    await arrived(page, 'Recipients added');
    await page.getByRole('link', { name: 'Continue with the campaign' }).click();
    await arrived(page, 'May news');
    expect(await plan(page)).to.deep.equal([40, 39, 1, 0, 0]);

    await page.getByRole('link', { name: 'Launch' }).click();
    await page.getByText('39 recipients').waitFor();
    await button(page, 'Launch').click();
    await page.getByRole('status').getByText('Launched. Sending has started.').waitFor();

    // Some have gone out and the others wait: the page shows it without being reloaded.
    gate.let(4);
    await progress(page).getByRole('link', { name: 'delivered 4', exact: true }).waitFor();
    await button(page, 'Pause').click();
    await page.getByRole('status').getByText('Paused.').waitFor();
    gate.open();
    await button(page, 'Resume').waitFor();
    expect(app.sandbox.messages.count, 'while it is paused').to.be.below(39);
    await button(page, 'Resume').click();
    await page.getByRole('status').getByText('Resumed.').waitFor();
    await page.getByRole('link', { name: 'Finished: reload the page' }).click();
    await page.locator('header').getByText('done', { exact: true }).waitFor();
    await progress(page).getByText('100%').waitFor();
    expect(app.sandbox.messages.count).to.equal(39);

    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Results as CSV' }).click();
    const results = await readFile(await (await downloading).path(), 'utf8');
    expect(results.trim().split('\r\n')).to.have.lengthOf(41);
    expect(results).to.match(/reader-7@mail\.example,Reader 7,suppressed/);
    await progress(page)
      .getByRole('link', { name: /suppressed/ })
      .click();
    await page.getByText('Only messages of the campaign').waitFor();
    await page.getByRole('link', { name: 'reader-7@mail.example' }).waitFor();
  });
});
