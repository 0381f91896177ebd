import { expect } from 'chai';
import { TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '../support/browser.ts';
import { addAdmin, type Credentials, signIn } from './accounts.ts';
import { pageFaults } from './page-faults.ts';
import { openSeededApp, type SeededApp } from './seeded-app.ts';
import { watchPages } from './visited-routes.ts';

const desk = { viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' } as const;

/** What is asked for but is no page of ours: answers for scripts and programs, files, mail, and ways to other pages. */
const noPages = [
  '/api/events',
  '/api/logs',
  '/health',
  '/session',
  '/:id/results.csv',
  '/suppressions.csv',
  '/:id/recipients',
  '/:ref/preview',
  '/:ref/replay/:message/:side',
];

describeInBrowser('every page', browser => {
  let app: SeededApp;
  let admin: Credentials;
  let page: Page;
  let notVisited: () => string[];
  let faults: string[];

  before(async () => {
    app = await openSeededApp();
    notVisited = watchPages(app.app);
    admin = await addAdmin(app, 'ada@shop.example');
    page = await browser().open(desk);
    await page.goto(app.url);
    await signIn(page, admin);
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
  });
  beforeEach(() => {
    faults = [];
  });
  after(() => app.close());

  const look = async (at: Page, name: string) => {
    await at.waitForLoadState();
    faults.push(...(await pageFaults(at)).map(fault => `${name}: ${fault}`));
  };
  const visit = async (at: Page, paths: readonly string[]) => {
    for (const path of paths) {
      await at.goto(app.url + path);
      await look(at, path || 'overview');
    }
  };
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });

  it('is for everybody: lists, what they lead to, and forms', async () => {
    const { ids } = app;
    const [change] = (await app.mail.audit.list({})).entries;
    const suppression = new URLSearchParams({ stream: 'outbound', address: 'joan@mail.example' });
    await visit(page, [
      '',
      '?range=30d',
      'messages',
      'messages?tag=nothing&stream=outbound',
      `messages/${ids.delivered}`,
      `messages/${ids.bounced}`,
      `messages/${ids.bounced}/events/${ids.report}`,
      'campaigns',
      'campaigns/new',
      `campaigns/${ids.draft}`,
      ...['launch', 'clear', 'cancel'].map(action => `campaigns/${ids.draft}/${action}`),
      `campaigns/${ids.running}`,
      ...['pause', 'resume', 'retry'].map(action => `campaigns/${ids.running}/${action}`),
      'suppressions',
      'suppressions/new',
      `suppressions/one?${suppression}`,
      'suppressions/import',
      'people',
      'people?address=joan@mail.example',
      'people?address=nobody@mail.example',
      'people/events?address=ada@mail.example',
      'topics',
      'topics/new',
      'topics/newsletter',
      'confirm/of-nobody',
      'unsubscribe/of-nobody',
      'preferences/of-nobody',
      'streams/events',
      `streams/events/${ids.unmatched}`,
      'streams',
      'streams/webhooks',
      `streams/webhook-passwords/${ids.password}/remove`,
      'reconciliations',
      `reconciliations/${ids.reconciledDay}`,
      'jobs',
      `jobs/${ids.job}`,
      'audit',
      `audit/${change?.id}`,
      'users',
      'users/new',
      'profile',
      'profile/confirmation?return=users',
    ]);
    expect(faults).to.deep.equal([]);
  });

  it('is for everybody: templates and what they are made of', async () => {
    await visit(page, [
      'templates',
      'templates/new',
      'templates/new?kind=partial',
      'templates/layout:default',
      'templates/partial:button',
      'templates/brand:default',
      'templates/newsletter/publication',
      'templates/newsletter/replay',
      'templates/newsletter/history',
      'templates/newsletter/diff?from=1&to=2',
      'templates/newsletter/versions/1',
      'templates/receipt/publication',
      'approvals',
      `approvals/${app.ids.request}`,
    ]);
    await page.goto(`${app.url}templates/newsletter`);
    for (const tab of ['Content', 'Data', 'Samples', 'Settings']) {
      await page.getByRole('tab', { name: tab, exact: true }).click();
      await look(page, `templates/newsletter, ${tab}`);
    }
    expect(faults).to.deep.equal([]);
  });

  it('is for everybody: what forms answer', async () => {
    const { ids, url } = app;
    await page.goto(`${url}campaigns/new`);
    await page.getByLabel('Name').fill('August');
    await page.getByRole('combobox', { name: 'Template' }).selectOption('newsletter');
    await page.getByLabel('Shared data').fill('{');
    await button('Create draft').click();
    await page.getByRole('alert').waitFor();
    await look(page, 'a form with errors');

    await page.goto(`${url}campaigns/${ids.empty}`);
    await page.getByLabel('List').fill('email\nada@mail.example\nnobody');
    await button('Add to the audience').click();
    await page.getByRole('heading', { name: 'Recipients added' }).waitFor();
    await look(page, 'recipients added');

    await page.goto(`${url}users/new`);
    await page.getByLabel('E-mail address').fill('eve@shop.example');
    await page.getByLabel('Name', { exact: true }).fill('Eve');
    await page.getByRole('radio', { name: /^viewer/ }).check();
    await button('Invite').click();
    const invitation = await page.getByLabel('Link for Eve').inputValue();
    await look(page, 'a link');
    await page.getByRole('link', { name: 'Continue to Eve' }).click();
    await page.getByRole('heading', { name: 'Eve', exact: true }).waitFor();
    await look(page, 'users/one');

    await page.goto(`${url}streams`);
    await button('Create a new password').click();
    await page.getByLabel('Password', { exact: true }).waitFor();
    await look(page, 'a password of the webhook');
    await page.goto(`${url}streams`);
    await button('Test postmark-api').click();
    await page.getByText('It works.').waitFor();
    await look(page, 'a transport tested');

    const stranger = await browser().open(desk);
    await visit(stranger, [invitation.slice(url.length)]);
    expect(faults).to.deep.equal([]);
  });

  it('is for everybody: the second step, and the doors', async () => {
    await page.goto(`${app.url}profile`);
    await page
      .getByRole('region', { name: /^Two-factor authentication/ })
      .getByLabel('Current password')
      .fill(admin.password);
    await button('Set up').click();
    const secret = (await page.locator('code.key').innerText()).replaceAll(' ', '');
    await look(page, 'profile/second-step');
    await page.getByLabel('Code').fill(new TOTP({ secret }).generate());
    await button('Turn on').click();
    await page.getByRole('heading', { name: 'Two-factor authentication is on' }).waitFor();
    await look(page, 'recovery codes');

    const stranger = await browser().open(desk);
    await visit(stranger, ['sign-in', 'forgotten-password']);
    await stranger.goto(`${app.url}messages`);
    await signIn(stranger, { ...admin, password: 'something else' });
    await stranger.getByRole('alert').waitFor();
    await look(stranger, 'a wrong password');
    await signIn(stranger, admin);
    await stranger.getByRole('heading', { name: 'Two-factor authentication' }).waitFor();
    await look(stranger, 'the second step');
    expect(faults).to.deep.equal([]);
  });

  it('is for everybody: what went wrong', async () => {
    await visit(page, [
      'no-such-page',
      'messages?state=nonsense',
      'messages/00000000-0000-7000-8000-000000000000',
    ]);
    await page.goto(`${app.url}suppressions/new`);
    await page.getByLabel('Address').fill('joan@mail.example');
    await page.getByLabel('Reason').fill('asked by phone');
    await page.evaluate(
      'for (const { form } of document.querySelectorAll("[name=_csrf]")) form._csrf.value = "forged"',
    );
    await button('Suppress address').click();
    await page.getByRole('heading', { name: /has expired/ }).waitFor();
    await look(page, 'a forged form');
    await page.goto(`${app.url}campaigns/${app.ids.empty}`);
    await page.evaluate('document.querySelector("textarea[name=csv]").value = "x".repeat(7e6)');
    await button('Add to the audience').click();
    await page.getByRole('heading', { name: /too much|too large/i }).waitFor();
    await look(page, 'too much');
    expect(faults).to.deep.equal([]);
  });

  it('leads to Agendash, whose page is not ours', async () => {
    await page.goto(`${app.url}jobs/agendash/`, { waitUntil: 'load' });
    await page.getByText(/jobs/i).first().waitFor();
  });

  it('was looked at', () => {
    expect(notVisited().filter(path => !noPages.includes(path))).to.deep.equal([]);
  });
});
