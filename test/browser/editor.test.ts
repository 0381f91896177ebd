import { expect } from 'chai';
import express from 'express';
import type { Page } from 'playwright-core';
import { hostAccess } from '../../server/admin/access/host.ts';
import type { Person } from '../../server/admin/person.ts';
import { pageRouter } from '../../server/admin/router.ts';
import type { Mail } from '../../server/mail/index.ts';
import { newsletterData, openPagesMail } from '../http/pages-mail.ts';
import { accessibilityFaults } from '../support/accessibility.ts';
import { describeInBrowser } from '../support/browser.ts';
import { testDatabase } from '../support/database.ts';
import { type HttpServer, listen } from '../support/http-server.ts';

const people: Record<string, Person> = {
  grace: { id: 'grace', name: 'Grace', role: 'publisher' },
  ada: { id: 'ada', name: 'Ada', role: 'publisher' },
  vera: { id: 'vera', name: 'Vera', role: 'viewer' },
};

describeInBrowser('the template editor', browser => {
  let mail: Mail;
  let server: HttpServer;
  let signedIn = true;

  before(async () => {
    ({ mail } = await openPagesMail());
    const access = hostAccess({
      authenticate: ({ headers }) =>
        signedIn ? (people[String(headers['x-person'] ?? 'grace')] ?? null) : null,
    });
    const secretKeys = ['a key of the tests, 32 characters or more'];
    server = await listen(
      express().use('/mail', pageRouter(mail, access, { jobs: testDatabase(), secretKeys })),
    );
  });
  after(async () => {
    await mail.close();
    await server.close();
  });
  afterEach(() => {
    signedIn = true;
  });

  const open = async (path: string, person = 'grace', options = {}): Promise<Page> => {
    const page = await browser().open({ extraHTTPHeaders: { 'x-person': person }, ...options });
    await page.goto(`${server.url}/mail/templates/${path}`);
    return page;
  };
  const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true });
  // As a person does: Chromium's own way to replace text takes its style along, which the policy refuses.
  const write = async (page: Page, name: string, text: string) => {
    await field(page, name).click();
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
    await page.keyboard.insertText(text);
  };
  const saved = (page: Page) => page.getByText(/Draft saved at/).waitFor();
  const draftOf = async (key: string) =>
    (await mail.templates.get({ kind: 'template', key }))?.draft?.source.content;
  const frame = (page: Page) => page.frameLocator('[data-frame-box] iframe:not(.coming)');

  it('shows what is typed as it would be sent, saves it, publishes it, and restores what was there', async () => {
    const page = await open('newsletter');
    await write(page, 'Subject', 'Fresh: {{issue}}');
    await page.locator('[data-subject]').getByText('Fresh: November').waitFor();
    await saved(page);
    expect((await draftOf('newsletter'))?.locales.default.subject).to.equal('Fresh: {{issue}}');

    await page.getByRole('button', { name: 'Publish …' }).click();
    await page.getByRole('heading', { name: /^Changes/ }).waitFor();
    await page.getByText('no messages of newsletter were sent yet').waitFor();
    expect(await page.locator('.diff .added').first().innerText()).to.include('Fresh: {{issue}}');
    await page.getByLabel('What changed, and why').fill('A fresher subject');
    const warnings = page.getByLabel(/can be ignored/);
    if (await warnings.count()) await warnings.check();
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await page.getByText('Version 2 is published.').waitFor();

    await page.getByRole('link', { name: 'History' }).click();
    await page.getByText('A fresher subject').waitFor();
    await page.getByRole('link', { name: '1', exact: true }).click();
    await page.getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Restore version 1' }).click();
    await page.getByText('Version 3 is published.').waitFor();
    const { published } = (await mail.templates.get({ kind: 'template', key: 'newsletter' })) ?? {};
    expect(published?.source.content)
      .to.have.nested.property('locales.default.subject')
      .that.includes('{{@brand.name}}');
  });

  it('lists issues with their lines, and leads to them', async () => {
    const page = await open('receipt');
    await page.getByRole('tab', { name: 'Text' }).click();
    await write(page, 'Text', 'First\n{{nothing}}\n');
    await page.getByText('nothing is not in the data contract', { exact: false }).waitFor();
    await page.getByRole('tab', { name: 'HTML' }).click();
    await page.getByRole('button', { name: 'text, line 2' }).click();
    await page.waitForFunction(
      'document.querySelector("[data-part=text]").previousElementSibling.shadowRoot?.activeElement',
    );
    await saved(page);
    await page.getByRole('button', { name: 'Publish …' }).click();
    await page.getByText('Fix the errors in the editor first.').waitFor();
    expect(await page.getByRole('button', { name: 'Publish', exact: true }).isDisabled()).to.equal(true);
    await page.getByRole('link', { name: 'text, line 2' }).click();
    await page.waitForFunction(
      'document.querySelector("[data-part=text]")?.previousElementSibling.shadowRoot?.activeElement',
    );
  });

  it('completes variables from the contract, with type and sample', async () => {
    const page = await open('order-shipped');
    const subject = field(page, 'Subject');
    await write(page, 'Subject', '');
    await subject.pressSequentially('{{orderN');
    const option = page.getByRole('option', { name: /orderNumber/ });
    await option.waitFor();
    expect(await option.innerText()).to.include('string');
    await option.click();
    expect(await subject.innerText()).to.match(/^\{\{orderNumber/);
  });

  it('previews phone, dark, text, headers, and with generated data', async () => {
    const page = await open('password-reset');
    await page.locator('[data-subject]').getByText(/\w/).waitFor();
    await page.getByRole('button', { name: 'Phone' }).click();
    expect((await page.locator('[data-frame-box] iframe').last().boundingBox())?.width).to.be.at.most(375);
    await page.getByRole('button', { name: 'Dark' }).click();
    await page.locator('iframe[data-scheme=dark]:not(.coming)').waitFor();
    const ground = await frame(page)
      .locator('body')
      .evaluate('getComputedStyle(document.body).backgroundColor');
    expect(ground).to.equal('rgb(17, 19, 21)');
    await page.getByRole('button', { name: 'Text', exact: true }).click();
    expect(await page.locator('[data-text]').innerText()).to.include('https://');
    await page.getByRole('button', { name: 'Headers' }).click();
    expect(await page.locator('[data-headers]').innerText()).to.include('From');
    await page.getByRole('button', { name: 'Desktop' }).click();
    await page.getByLabel('Preview data').selectOption({ label: 'Long text' });
    await frame(page)
      .getByText(/(\w+ ){5}/)
      .first()
      .waitFor();
  });

  it('shows a real recipient’s latest data', async () => {
    const data = { ...newsletterData, issue: 'As Joan got it' };
    await mail.send({ template: 'newsletter', to: 'joan@example.com', data }, { wait: true });
    const page = await open('newsletter');
    await page.getByLabel('Preview data').selectOption('recipient');
    await page.getByLabel('Recipient', { exact: true }).fill('joan@example.com');
    await page.locator('[data-subject]').getByText('As Joan got it').waitFor();
    await page.getByLabel('Recipient', { exact: true }).fill('nobody@example.com');
    await page.locator('[data-problem]').getByText(/\w/).waitFor();
  });

  it('shows what was sent beside what the draft would make of it', async () => {
    const page = await open('newsletter');
    await write(page, 'HTML', '<h1>Quite another mail about {{issue}}</h1>');
    await saved(page);
    await page.getByRole('link', { name: 'Replay' }).click();
    const [sent, draft] = ['as it was sent', 'as the draft makes it'].map(title =>
      page.frameLocator(`iframe[title="The mail ${title}"]`).first(),
    );
    await draft?.getByText('Quite another mail about As Joan got it').waitFor();
    await sent?.getByText('As Joan got it').first().waitFor();
    expect(await page.locator('.replayed ins').first().innerText()).to.include('Quite another mail');
    expect(await accessibilityFaults(page)).to.deep.equal([]);
    await page.goBack();
    await page.getByText('Discard the draft').first().click();
    await page.getByRole('button', { name: 'Discard the draft' }).click();
    await page.getByText('Draft discarded.').waitFor();
  });

  it('lets no two editors overwrite each other', async () => {
    const [grace, ada] = [await open('loyalty-tier-upgrade'), await open('loyalty-tier-upgrade', 'ada')];
    await write(grace, 'Subject', 'From Grace');
    await saved(grace);
    await write(ada, 'Subject', 'From Ada');
    await ada.getByRole('button', { name: 'Compare and merge' }).click();
    await ada.getByText('Nothing is lost').waitFor();
    expect(await field(ada, 'grace').innerText()).to.equal('From Grace');
    await write(ada, 'You (this is saved)', 'From both');
    expect(await accessibilityFaults(ada)).to.deep.equal([]);
    await ada.getByRole('button', { name: 'Save my side' }).click();
    await ada.getByText('Draft saved.').waitFor();
    expect((await draftOf('loyalty-tier-upgrade'))?.locales.default.subject).to.equal('From both');
  });

  it('loses nothing when a session ends in the middle', async () => {
    const page = await open('booking-confirmation');
    signedIn = false;
    await write(page, 'Subject', 'Typed without a session');
    await page.getByText('You are signed out').waitFor();
    signedIn = true;
    const again = await browser().tab(page);
    page.on('dialog', dialog => void dialog.accept());
    await page.close({ runBeforeUnload: false });
    await again.setExtraHTTPHeaders({ 'x-person': 'grace' });
    await again.goto(`${server.url}/mail/templates/booking-confirmation`);
    await again.getByRole('button', { name: 'Restore it' }).click();
    await saved(again);
    expect((await draftOf('booking-confirmation'))?.locales.default.subject).to.equal(
      'Typed without a session',
    );
  });

  it('edits the contract as a table that agrees with the sample', async () => {
    const page = await open('email-verification');
    await page.getByRole('tab', { name: 'Data' }).click();
    await page.getByRole('button', { name: 'Add a field' }).click();
    const row = page.locator('[data-row]').last();
    await row.getByLabel('Name').fill('device');
    await row.getByLabel('Sample').fill('a phone');
    await saved(page);
    const content = await draftOf('email-verification');
    expect(content).to.have.nested.property('contract.device.type', 'string');
    expect(content).to.have.nested.property('sample.device', 'a phone');
    expect(await page.locator('textarea[name=sample]').inputValue()).to.include('"device": "a phone"');
  });

  it('is left by Escape and Tab', async () => {
    const page = await open('newsletter');
    await field(page, 'HTML').focus();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.classList.contains("code-html")')).to.equal(false);
  });

  it('takes Enter in a field that has a button of its own for that button', async () => {
    const page = await open('email-verification');
    await page.getByText('Add a language').click();
    await page.getByPlaceholder('nl or nl-BE').fill('nl');
    await page.keyboard.press('Enter');
    await page.getByText('Language added').waitFor();
  });

  it('works without a script', async () => {
    const page = await open('order-confirmation', 'grace', { javaScriptEnabled: false });
    await page.getByLabel('Subject', { exact: true }).fill('Plainly: {{order.number}}');
    await page.getByRole('button', { name: 'Save draft' }).click();
    await page.getByText('Draft saved.').waitFor();
    expect((await draftOf('order-confirmation'))?.locales.default.subject).to.equal(
      'Plainly: {{order.number}}',
    );
  });

  it('shows a viewer everything and lets them change nothing', async () => {
    const page = await open('newsletter', 'vera');
    expect(await field(page, 'HTML').getAttribute('aria-readonly')).to.equal('true');
    expect(await page.getByRole('button', { name: 'Save draft' }).count()).to.equal(0);
    await page.frameLocator('iframe').getByText('November').first().waitFor();
  });
});
