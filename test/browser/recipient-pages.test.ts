import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { type Link, openRecipientApp, type RecipientApp } from '../http/recipient-app.ts';
import { describeInBrowser } from '../support/browser.ts';
import { type HttpServer, listen } from '../support/http-server.ts';
import { pageFaults } from './page-faults.ts';

const address = 'ada@mail.example';

describeInBrowser('the pages of recipients', browser => {
  let at: RecipientApp;
  let server: HttpServer;
  let link: Link;
  before(async () => {
    at = await openRecipientApp();
    server = await listen(at.app);
    link = await at.mailTo(address);
  });
  after(async () => {
    await at.close();
    await server.close();
  });

  const open = async (path: string): Promise<Page> => {
    const page = await browser().open({ javaScriptEnabled: false });
    await page.goto(server.url + path);
    return page;
  };
  const wanted = async () => {
    const { topics, allBulk } = await at.mail.consent.preferences(address);
    return [allBulk, ...topics.map(({ subscribed }) => subscribed)];
  };

  it('unsubscribe by a button, and take it back, without a script', async () => {
    const page = await open(link.unsubscribe);
    await page.getByRole('button', { name: 'Unsubscribe' }).click();
    await page.getByRole('heading', { name: 'You are unsubscribed' }).waitFor();
    expect(await wanted()).to.deep.equal([false, false, true]);
    await page.getByRole('button', { name: 'That was a mistake: subscribe again' }).click();
    await page.getByRole('heading', { name: 'You are subscribed again' }).waitFor();
    expect(await wanted()).to.deep.equal([false, true, true]);
    await page.getByRole('link', { name: 'Nederlands' }).click();
    await page.getByRole('heading', { name: 'Uitschrijven' }).waitFor();
    await page.getByRole('link', { name: 'Al uw mailvoorkeuren' }).click();
    await page.getByRole('heading', { name: 'Uw mailvoorkeuren' }).waitFor();
  });

  it('save preferences by keyboard alone, and begin at what became of them', async () => {
    const page = await open(link.preferences);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    for (const _ of ['announcement', 'allBulk']) await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.keyboard.press('Enter');
    const answer = page.getByRole('status');
    await answer.getByText('You are unsubscribed from “The "News" & <more>”.').waitFor();
    await answer.getByText('You will no longer receive newsletters or offers.').waitFor();
    expect(await answer.and(page.locator(':focus')).count(), 'focus').to.equal(1);
    expect(await wanted()).to.deep.equal([true, false, true]);
    expect(await page.getByRole('checkbox', { name: /^The "News"/ }).isChecked()).to.equal(false);
  });

  it('have no serious fault, fit a narrow phone and twice the size of text', async () => {
    const page = await browser().open({ reducedMotion: 'reduce' });
    const faults: string[] = [];
    const look = async (name: string) => {
      faults.push(...(await pageFaults(page)).map(fault => `${name}: ${fault}`));
      await page.setViewportSize({ width: 320, height: 640 });
      const isWide = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
      if (await page.evaluate(isWide)) faults.push(`${name}: scrolls sideways at 320`);
      await page.evaluate('document.documentElement.style.fontSize = "225%"');
      if (await page.evaluate(isWide)) faults.push(`${name}: scrolls sideways at 320 with large text`);
      await page.setViewportSize({ width: 1280, height: 900 });
    };
    for (const path of [link.unsubscribe, `${link.preferences}?lang=de`, '/mail/preferences/of-nobody']) {
      await page.goto(server.url + path);
      await look(path);
    }
    await page.goto(server.url + link.preferences);
    await page.getByRole('button', { name: 'Save' }).click();
    await look('after saving');
    expect(faults).to.deep.equal([]);
  });
});
