import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { alertData } from '../http/pages-mail.ts';
import { describeInBrowser } from '../support/browser.ts';
import { testDatabase } from '../support/database.ts';
import { insertHistory } from '../support/history.ts';
import { openWholeApp, type WholeApp } from './whole-app.ts';

const ada = 'ada@mail.example';
const gone = 'hardbounce+bob@mail.example';
const quiet = 'joan@mail.example';

describeInBrowser('finding a mail', browser => {
  let app: WholeApp;
  const ids = new Map<string, string>();

  before(async () => {
    app = await openWholeApp({ access: 'open' });
    const from = new Date('2026-03-02T09:00:00Z');
    const to = new Date('2026-03-02T17:00:00Z');
    const old = { template: 'order-confirmation', tag: 'archive', stream: 'orders', from, to };
    await insertHistory(testDatabase(), { ...old, count: 60 });
    await app.mail.suppressions.add('outbound', quiet, 'asked by phone');
    for (const email of [ada, gone, quiet]) {
      const message = { template: 'operational-alert', tag: 'alert', to: email, data: alertData };
      ids.set(email, (await app.mail.send(message, { wait: true })).id);
    }
    await app.sandbox.idle();
  });
  after(() => app.close());

  const open = async (path = 'messages'): Promise<Page> => {
    const page = await browser().open();
    await page.goto(app.url + path);
    return page;
  };
  const list = (page: Page) => page.getByRole('region', { name: 'Messages, newest first' });
  const rows = (page: Page) =>
    list(page)
      .getByRole('row')
      .filter({ has: page.getByRole('link') });
  const filter = (page: Page) => page.getByRole('button', { name: 'Filter' }).click();
  const search = (page: Page) => page.getByLabel('Recipient or id');
  const card = (page: Page, name: RegExp) =>
    page.locator('section', { has: page.getByRole('heading', { name, level: 2 }) });

  it('goes by recipient, also by the beginning of one, and by an id of ours or of Postmark', async () => {
    const page = await open();
    await search(page).fill(ada);
    await page.keyboard.press('Enter');
    await page.waitForURL(/recipient=/);
    expect(await rows(page).count()).to.equal(1);
    expect(await search(page).inputValue(), 'what was asked for stays').to.equal(ada);

    await search(page).fill('joan');
    await page.keyboard.press('Enter');
    await list(page).getByRole('link', { name: quiet }).click();
    await page.waitForURL(({ searchParams }) => searchParams.get('recipient') === quiet);
    expect(await rows(page).count()).to.equal(1);

    const id = ids.get(ada) ?? '';
    const [attempt] = await app.mail.messages.attempts(id);
    for (const asked of [id, attempt?.providerMessageId ?? '']) {
      await page.goto(`${app.url}messages`);
      await search(page).fill(` ${asked} `);
      await filter(page);
      await page.waitForURL(`**/messages/${id}`);
    }
    await page.goto(`${app.url}messages`);
    await search(page).fill(`%_'"`);
    await filter(page);
    await page.getByText('No messages match.').waitFor();
  });

  it('goes by template, state, stream, tag and time, in one address that can be passed on', async () => {
    const page = await open();
    await page.getByRole('combobox', { name: 'Template' }).selectOption('operational-alert');
    await filter(page);
    await page.waitForURL(/template=operational-alert/);
    expect(await rows(page).count()).to.equal(3);
    await page.getByRole('combobox', { name: 'State' }).selectOption('bounced');
    await filter(page);
    await page.waitForURL(/state=bounced/);
    expect(await rows(page).allInnerTexts())
      .to.have.lengthOf(1)
      .and.have.property('0')
      .that.includes(gone);

    await page.getByRole('link', { name: 'Clear' }).click();
    await page.waitForURL(/messages$/);
    await page.getByText('Stream, tag, subject, category and time').click();
    await page.getByRole('combobox', { name: 'Stream' }).selectOption('orders');
    await page.getByLabel('Tag').fill('archive');
    await page.getByLabel('From, UTC').fill('2026-03-02T16:00');
    await page.getByLabel('To, UTC').fill('2026-03-02T16:30');
    await filter(page);
    await page.waitForURL(/stream=orders/);
    // One in eight minutes.
    expect(await rows(page).count()).to.equal(4);
    const shared = await open(page.url().slice(app.url.length));
    expect(await rows(shared).count()).to.equal(4);
    expect(await shared.getByLabel('Tag').isVisible(), 'what narrows the list is in sight').to.equal(true);
  });

  it('goes on page by page, and back', async () => {
    const page = await open('messages?tag=archive');
    const first = await rows(page).first().innerText();
    await page.getByRole('link', { name: 'Older' }).click();
    await page.waitForURL(/cursor=/);
    expect(await rows(page).first().innerText()).not.to.equal(first);
    await page.getByRole('link', { name: 'Newer' }).click();
    await page.waitForURL(/after=/);
    expect(await rows(page).first().innerText()).to.equal(first);
  });

  it('says why one did not arrive: timeline, decision, attempts, and the report as it came', async () => {
    const page = await open('messages?state=bounced');
    await list(page).getByRole('link', { name: gone }).click();
    await page.getByRole('heading', { level: 1, name: /Slow answers/ }).waitFor();
    const timeline = await page.getByRole('listitem').allInnerTexts();
    const positions = ['accepted', 'bounced'].map(what =>
      timeline.findIndex(one => one.toLowerCase().startsWith(what)),
    );
    expect(positions[0], timeline.join('\n'))
      .to.be.at.least(0)
      .and.be.below(positions[1] ?? -1);
    expect(timeline.join('\n')).to.include('550 5.1.1');
    expect(await card(page, /^Decision/).innerText()).to.match(/outbound[\s\S]*postmark-api/);
    expect(await card(page, /^Attempts/).innerText()).to.include('accepted');
    await page.frameLocator('iframe').getByText('Slow answers').first().waitFor();

    await card(page, /^Events/)
      .getByRole('link', { name: /bounce/i })
      .click();
    await page.getByText('"Type": "HardBounce"').waitFor();
    await page.getByRole('link', { name: 'Message', exact: true }).click();
    // What follows from it: nothing more goes there.
    await card(page, /^Decision/)
      .getByRole('link', { name: /bounce/i })
      .click();
    await page.getByRole('heading', { name: gone }).waitFor();
  });

  it('lifts what stood in the way, tries again and sends a copy', async () => {
    const page = await open(`messages/${ids.get(quiet)}`);
    await page.getByText('suppressed', { exact: true }).first().waitFor();
    await card(page, /^Decision/)
      .getByRole('link')
      .last()
      .click();
    await page.getByText('asked by phone').first().waitFor();
    await page.getByLabel('Reason').fill('wrote to us');
    await page.getByRole('button', { name: 'Lift the suppression' }).click();
    await page.getByRole('status').waitFor();
    await page.goto(`${app.url}messages/${ids.get(quiet)}`);
    await page.getByRole('button', { name: 'Retry' }).click();
    await page.getByText('Queued again.').waitFor();
    await app.mail.work.deliverDue('transactional');
    await app.sandbox.idle();
    await page.reload();
    await page.locator('.heading').getByText('delivered', { exact: true }).waitFor();

    // An impatient double click is no second wish.
    await page.getByRole('button', { name: 'Send a copy' }).dblclick();
    await page.getByText('The copy was accepted as this new message.').waitFor();
    expect(page.url()).not.to.include(ids.get(quiet));
    await app.mail.work.deliverDue('transactional');
    await app.sandbox.idle();
    expect(app.sandbox.copiesByRecipient().get(quiet)).to.equal(2);
    await page.goto(`${app.url}audit?action=message.resend`);
    await page.getByRole('link', { name: 'Message copied and sent again' }).waitFor();
  });
});
