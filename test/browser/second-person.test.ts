import { expect } from 'chai';
import type { Page } from 'playwright-core';
import type { Source } from '../../server/mail/index.ts';
import { describeInBrowser } from '../support/browser.ts';
import { newsletterData } from '../support/inputs.ts';
import { until } from '../support/until.ts';
import { addAccount, signIn } from './accounts.ts';
import { pageFaults } from './page-faults.ts';
import { openWholeApp, type WholeApp } from './whole-app.ts';

const desk = { viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' } as const;

describeInBrowser('two people', browser => {
  let app: WholeApp;
  let ada: Page;
  let grace: Page;
  let ids: { ada: string; grace: string; lin: string };
  let faults: string[];

  before(async () => {
    app = await openWholeApp({ secondPerson: true });
    const [first, second, third] = [
      await addAccount(app, 'ada@shop.example', 'admin'),
      await addAccount(app, 'grace@shop.example', 'admin'),
      await addAccount(app, 'lin@shop.example', 'editor'),
    ];
    ids = { ada: first.id, grace: second.id, lin: third.id };
    const signedIn = async (who: typeof first) => {
      const page = await browser().open(desk);
      await page.goto(app.url);
      await signIn(page, who);
      await heading(page, 'Overview').waitFor();
      return page;
    };
    [ada, grace] = [await signedIn(first), await signedIn(second)];
  });
  after(() => app.close());
  beforeEach(() => {
    faults = [];
  });
  afterEach(() => expect(faults).to.deep.equal([]));

  const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name, level: 1 });
  const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
  const status = (page: Page, text: string | RegExp) => page.getByRole('status').getByText(text).waitFor();
  const look = async (page: Page, name: string) => {
    await page.waitForLoadState();
    faults.push(...(await pageFaults(page)).map(fault => `${name}: ${fault}`));
  };
  const told = (email: string, mails: number) =>
    until(`${email} is told`, () => {
      const copies = app.sandbox.copiesByRecipient().get(email) ?? 0;
      return copies >= mails || `${copies} so far`;
    });

  it('publish a template: one asks, is told to wait, and the other approves what is shown', async () => {
    const ref = { kind: 'template', key: 'receipt' } as const;
    const view = await app.mail.templates.get(ref);
    const draft = structuredClone(view?.published?.source) as Source<'template'>;
    draft.content.locales.default.subject = 'Your receipt';
    await app.mail.templates.saveDraft(draft, { revision: view?.revision ?? 0, by: ids.ada });

    await ada.goto(`${app.url}templates/receipt/publication`);
    await look(ada, 'asking');
    await ada.getByLabel('What changed, and why').fill('Says what it is');
    const warnings = ada.getByRole('checkbox');
    if ((await warnings.count()) > 0) await warnings.check();
    await button(ada, 'Ask for approval').click();
    await heading(ada, 'Publish template receipt').waitFor();
    await ada.getByText('You asked for this: it takes somebody else.').waitFor();
    expect(await button(ada, 'Approve').count()).to.equal(0);
    await look(ada, 'waiting');
    await told('grace@shop.example', 1);

    await grace.goto(app.url);
    await grace.getByRole('heading', { name: 'Waiting for a second person' }).waitFor();
    await look(grace, 'the overview');
    await grace.getByRole('link', { name: 'Publish template receipt' }).click();
    await grace.getByText('Says what it is').waitFor();
    await look(grace, 'to be approved');
    await button(grace, 'Approve').click();
    await status(grace, 'Approved and done: Publish template receipt.');
    expect((await app.mail.templates.get(ref))?.published?.version).to.equal(2);
    await look(grace, 'approved');
    await told('ada@shop.example', 1);
    await ada.reload();
    await ada.getByText('Approved by').waitFor();
  });

  it('launch a campaign: it is declined, and asked for again once it has been put right', async () => {
    const input = { name: 'June news', template: 'newsletter', topic: 'news', data: newsletterData };
    const { id } = await app.mail.campaigns.create(input, { by: ids.lin });
    await app.mail.campaigns.addRecipients(id, [{ email: 'ada@mail.example' }], { by: ids.lin });
    const ask = async () => {
      await ada.goto(`${app.url}campaigns/${id}`);
      await ada.getByRole('link', { name: 'Ask for approval' }).click();
      await look(ada, 'asking for a launch');
      await button(ada, 'Ask for approval').click();
      await heading(ada, 'Launch the campaign June news').waitFor();
    };
    await ask();
    await grace.goto(ada.url());
    await grace.getByText('Decline', { exact: true }).first().click();
    await grace.getByLabel('Reason').fill('Somebody is missing');
    await look(grace, 'declining');
    await button(grace, 'Decline').click();
    await status(grace, 'Declined.');
    await app.mail.campaigns.addRecipients(id, [{ email: 'bob@mail.example' }], { by: ids.lin });
    await ask();
    await grace.goto(`${app.url}approvals`);
    await look(grace, 'the list');
    await grace.getByRole('link', { name: 'Launch the campaign June news' }).first().click();
    await grace.getByText('Will receive it').waitFor();
    await look(grace, 'a launch to be approved');
    await button(grace, 'Approve').click();
    await status(grace, /^Approved and done/);
    expect(await app.mail.campaigns.get(id)).to.include({ state: 'scheduled', audience: 2 });
  });

  it('change a role: withdrawn by who asked, then approved by the other', async () => {
    const ask = async () => {
      await ada.goto(`${app.url}users/${ids.lin}`);
      await ada.getByRole('radio', { name: /^publisher/ }).check();
      await button(ada, 'Ask for approval').click();
      await heading(ada, 'Make lin publisher (now editor)').waitFor();
    };
    await ask();
    await look(ada, 'a role');
    await button(ada, 'Withdraw').click();
    await status(ada, 'Withdrawn. Nothing was changed.');
    await ask();
    await ada.goto(`${app.url}users/${ids.lin}`);
    await look(ada, 'an account that waits');
    await grace.goto(`${app.url}approvals`);
    await grace.getByRole('link', { name: 'Make lin publisher (now editor)' }).first().click();
    await button(grace, 'Approve').click();
    await status(grace, /^Approved and done/);
    await grace.goto(`${app.url}users/${ids.lin}`);
    await grace.getByRole('radio', { name: /^publisher/, checked: true }).waitFor();
    await ada.goto(`${app.url}audit?subject=account%3A${ids.lin}`);
    for (const entry of [
      'Second person asked for',
      'Request withdrawn',
      'Approved as second person',
      'Role changed',
    ])
      await ada.getByRole('link', { name: entry }).first().waitFor();
  });
});
