import { expect } from 'chai';
import { TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '../support/browser.ts';
import { addAdmin, type Credentials, signIn } from './accounts.ts';
import { pageFaults } from './page-faults.ts';
import { openWholeApp, type WholeApp } from './whole-app.ts';

const desk = { viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' } as const;

describeInBrowser('a second step that the role requires', browser => {
  let app: WholeApp;
  let admin: Credentials;
  let page: Page;
  let faults: string[];

  before(async () => {
    app = await openWholeApp({ secondStep: ['admin'] });
    admin = await addAdmin(app, 'ada@shop.example');
    page = await browser().open(desk);
  });
  after(() => app.close());
  beforeEach(() => {
    faults = [];
  });
  afterEach(() => expect(faults).to.deep.equal([]));

  const heading = (name: string | RegExp) => page.getByRole('heading', { name, level: 1 });
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const look = async (name: string) => {
    await page.waitForLoadState();
    faults.push(...(await pageFaults(page)).map(fault => `${name}: ${fault}`));
  };

  it('is set up on the way to the page that was asked for, which no other page leads around', async () => {
    await page.goto(`${app.url}messages?state=bounced`);
    await signIn(page, admin);
    await heading('Set up two-factor authentication').waitFor();
    await page.getByText('Your role is admin.').waitFor();
    expect(await page.getByRole('navigation', { name: 'Sections' }).count()).to.equal(0);
    await look('what is owed');

    for (const path of ['', 'users', 'profile', 'profile/confirmation?return=users', 'jobs/agendash/']) {
      await page.goto(app.url + path);
      expect(page.url()).to.equal(`${app.url}profile/two-factor`);
    }

    await page.getByLabel('Current password').fill('something else');
    await button('Set up').click();
    await page.getByRole('alert').getByText('That is not your current password.').waitFor();
    await look('a wrong password');

    await page.getByLabel('Current password').fill(admin.password);
    await button('Set up').click();
    await page.getByRole('img', { name: /^QR code/ }).waitFor();
    await look('the set-up');
    await page.getByLabel('Code').fill('000000');
    await button('Turn on').click();
    await page.getByRole('alert').getByText('That code is wrong.').waitFor();
    await look('a wrong code');

    const secret = (await page.locator('code.key').innerText()).replaceAll(' ', '');
    await page.getByLabel('Code').fill(new TOTP({ secret }).generate());
    await button('Turn on').click();
    await heading('Two-factor authentication is on').waitFor();
    await look('recovery codes');
    await page.goto(`${app.url}profile`);
    await page.getByText('It cannot be turned off').waitFor();
    await look('the account');
    await page.getByRole('link', { name: 'Users' }).click();
    await heading('Users').waitFor();
  });

  it('lets somebody who owes it sign out', async () => {
    const grace = await addAdmin(app, 'grace@shop.example');
    page = await browser().open(desk);
    await page.goto(app.url);
    await signIn(page, grace);
    await heading('Set up two-factor authentication').waitFor();
    await button('Sign out').click();
    await page.getByRole('status').getByText('You are signed out.').waitFor();
  });
});
