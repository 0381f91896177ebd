import { expect } from 'chai';
import { TOTP } from 'otpauth';
import type { Page } from 'playwright-core';
import { describeInBrowser } from '../support/browser.ts';
import { createClock } from '../support/clock.ts';
import { listen } from '../support/http-server.ts';
import { addAdmin, type Credentials, signIn } from './accounts.ts';
import { postlane } from './postlane-command.ts';
import { openWholeApp, type WholeApp } from './whole-app.ts';

const minute = 60_000;

describeInBrowser('signing in', browser => {
  const clock = createClock();
  let app: WholeApp;

  before(async () => {
    app = await openWholeApp({ clock });
  });
  after(() => app.close());

  const open = async (path = ''): Promise<Page> => {
    const page = await browser().open();
    await page.goto(app.url + path);
    return page;
  };
  const signedIn = async (who: Credentials, path = ''): Promise<Page> => {
    const page = await open(path);
    await signIn(page, who);
    await page.getByRole('button', { name: 'Sign out', exact: true }).waitFor();
    await page.waitForLoadState();
    return page;
  };
  const choosePassword = async (page: Page, password: string) => {
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByLabel('Repeat the password').fill(password);
    await page.getByRole('button', { name: 'Join' }).click();
  };
  const heading = (page: Page, name: string | RegExp) => page.getByRole('heading', { name, level: 1 });

  it('the first account is made on the command line and chooses its password by a link', async () => {
    const page = await open('messages');
    const said = await page.getByText('There are no accounts yet').innerText();
    const [command = ''] = /postlane user add .*/.exec(said) ?? [];
    const words = command.replace(/\S+@\S+/, 'ada@shop.example').split(' ');
    const printed = await postlane(app.env, ...words.slice(1));
    await page.goto(/http\S+/.exec(printed)?.[0] ?? '');
    await heading(page, 'Welcome, ada').waitFor();
    await choosePassword(page, 'short');
    // The browser itself says so, and sends nothing.
    expect(await page.locator('input:invalid').count()).to.be.at.least(1);
    await choosePassword(page, 'a walrus on the stairs');
    await page.getByRole('status').getByText('Welcome, ada.').waitFor();
    await heading(page, 'Overview').waitFor();
    await page.goto(/http\S+/.exec(printed)?.[0] ?? '');
    await heading(page, /./).waitFor();
    expect(await page.getByLabel('Password', { exact: true }).count(), 'a link is good once').to.equal(0);
  });

  it('a wrong password is refused, and too many lock the account for a while', async () => {
    const page = await open('messages?state=failed');
    const ada = await addAdmin(app, 'hasty@shop.example');
    const wrong = { ...ada, password: 'not my password' };
    await signIn(page, wrong);
    await page.getByRole('alert').getByText('Wrong e-mail address or password.').waitFor();
    expect(await page.getByLabel('E-mail address').inputValue()).to.equal(ada.email);
    for (let tries = 2; tries <= 5; tries += 1) {
      const answered = page.waitForEvent('domcontentloaded');
      await signIn(page, wrong);
      await answered;
    }
    await signIn(page, ada);
    await page.getByText(/Too many failed attempts. Try again in \d+ seconds/).waitFor();
    clock.advance(minute);
    await signIn(page, ada);
    await heading(page, 'Messages').waitFor();
    expect(new URL(page.url()).search, 'where they wanted to go').to.equal('?state=failed');
  });

  it('signing out leaves nothing to go back to', async () => {
    const page = await signedIn(await addAdmin(app, 'leaver@shop.example'), 'users');
    await heading(page, 'Users').waitFor();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByRole('status').getByText('You are signed out.').waitFor();
    await page.goBack();
    await page.goBack();
    await heading(page, 'Sign in').waitFor();
  });

  it('somebody is invited by a link, and may do what their role allows', async () => {
    const admin = await signedIn(await addAdmin(app, 'host@shop.example'), 'users');
    await admin.getByRole('link', { name: 'Invite user' }).click();
    const eve = 'eve@shop.example';
    await admin.getByLabel('E-mail address').fill(eve);
    await admin.getByLabel('Name', { exact: true }).fill('Eve');
    await admin.getByRole('radio', { name: /^editor/ }).check();
    await admin.getByRole('button', { name: 'Invite' }).click();
    await heading(admin, 'Eve is invited').waitFor();
    const link = await admin.getByLabel('Link for Eve').inputValue();
    await app.sandbox.idle();
    expect(app.sandbox.messages.lastTo(eve)?.subject).to.match(/invit/i);

    const page = await browser().open();
    await page.goto(link);
    await page.getByText('You have been invited as editor').waitFor();
    await choosePassword(page, 'eleven quiet umbrellas');
    await page.getByRole('status').getByText('Welcome, Eve.').waitFor();
    expect(await page.getByRole('link', { name: 'Users' }).count()).to.equal(0);
    await page.goto(`${app.url}users`);
    await heading(page, 'Not allowed').waitFor();
    await admin.getByRole('link', { name: 'Continue to Eve' }).click();
    await admin.getByText('active', { exact: true }).waitFor();
  });

  it('a second step is set up, and asked for from then on', async () => {
    const ada = await addAdmin(app, 'careful@shop.example');
    const page = await signedIn(ada, 'profile');
    const secondStep = page.getByRole('region', { name: /^Two-factor authentication/ });
    await secondStep.getByLabel('Current password').fill(ada.password);
    await secondStep.getByRole('button', { name: 'Set up' }).click();
    const image = page.getByRole('img', { name: /QR code/ });
    expect(await image.evaluate('document.querySelector("img.qr").naturalWidth')).to.be.above(0);
    const secret = (await page.locator('code.key').innerText()).replaceAll(' ', '');
    const code = () => new TOTP({ secret }).generate({ timestamp: clock.now().getTime() });
    await page.getByLabel('Code').fill('000000');
    await page.getByRole('button', { name: 'Turn on' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Code').fill(code());
    await page.getByRole('button', { name: 'Turn on' }).click();
    await heading(page, 'Two-factor authentication is on').waitFor();
    const [recovery = ''] = await page.getByRole('listitem').allInnerTexts();
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();

    await signIn(page, ada);
    await heading(page, 'Two-factor authentication').waitFor();
    await page.getByLabel('Code').fill(code());
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('alert').getByText('has been used').waitFor();
    clock.advance(minute / 2);
    await page.getByLabel('Code').fill(code());
    await page.getByRole('button', { name: 'Continue' }).click();
    await heading(page, 'Overview').waitFor();

    const lost = await open();
    await signIn(lost, ada);
    await lost.getByLabel('Code').fill(recovery);
    await lost.getByRole('button', { name: 'Continue' }).click();
    await heading(lost, 'Overview').waitFor();
    await lost.goto(`${app.url}profile`);
    await lost.getByText(/You have 9 recovery codes left/).waitFor();
  });

  it('what was typed and not saved is gone when one signs out, and for anybody else', async () => {
    const eve = await addAdmin(app, 'author@shop.example');
    const page = await signedIn(eve, 'profile');
    const stored = () => page.evaluate<string[]>('Object.keys(localStorage)');
    const store = (owner: string) =>
      page.evaluate(`localStorage.setItem('postlane:draft:of-' + '${owner}', JSON.stringify({
        owner: '${owner}' === 'own' ? document.querySelector('meta[name=person]').content : '${owner}',
      }))`);
    await store('own');
    await store('somebody-else');
    await page.evaluate("localStorage.setItem('cart', 'of the host')");
    await page.reload();
    await heading(page, 'author').waitFor();
    expect((await stored()).sort()).to.deep.equal(['cart', 'postlane:draft:of-own']);
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await page.getByRole('status').getByText('You are signed out.').waitFor();
    expect((await stored()).filter(key => key.startsWith('postlane:'))).to.deep.equal([]);
  });

  it('a password is shown when that is asked for, and a new one says how good it is', async () => {
    const page = await signedIn(await addAdmin(app, 'chooser@shop.example'), 'profile');
    const field = page.getByLabel('New password', { exact: true });
    const strength = page.getByRole('status').filter({ hasText: /./ });
    await field.pressSequentially('walrus');
    await strength.getByText('Too short: 6 of 12 characters').waitFor();
    await field.fill('a walrus on the stairs');
    await strength.getByText('Strong').waitFor();
    expect(await field.getAttribute('type')).to.equal('password');
    await page.locator('.field', { has: field }).getByRole('button', { name: 'Show what is typed' }).click();
    expect(await field.getAttribute('type')).to.equal('text');
    await page.locator('.field', { has: field }).getByRole('button', { name: 'Hide what is typed' }).click();
    expect(await field.getAttribute('type')).to.equal('password');
  });

  it('a session that ends in the middle of an edit costs nothing that was typed', async () => {
    const eve = await addAdmin(app, 'writer@shop.example');
    const page = await signedIn(eve, 'templates/newsletter');
    const subject = page.getByRole('textbox', { name: 'Subject', exact: true });
    const type = async (text: string) => {
      await subject.click();
      await page.keyboard.press('Control+End');
      await page.keyboard.insertText(text);
    };
    await type(' before');
    await page.getByText(/Draft saved at/).waitFor();
    clock.advance(13 * 60 * minute);
    await type(' and after');
    const signedOut = page.getByText('You are signed out');
    await signedOut.waitFor();
    const opening = page.context().waitForEvent('page');
    await page.getByRole('button', { name: 'Sign in in a new tab' }).click();
    const other = await opening;
    await signIn(other, eve);
    await heading(other, 'Overview').waitFor();
    await page.bringToFront();
    await page.getByRole('button', { name: 'Save again' }).click();
    await signedOut.waitFor({ state: 'detached' });
    await page.getByText(/Draft saved at/).waitFor();
    const source = await app.mail.templates.get({ kind: 'template', key: 'newsletter' });
    expect(source?.draft?.source.content)
      .to.have.nested.property('locales.default.subject')
      .that.matches(/ before and after$/);
  });

  it('a plain form that is sent too late comes back as it was typed', async () => {
    const eve = await addAdmin(app, 'late@shop.example');
    const page = await signedIn(eve, 'suppressions/new');
    await page.getByLabel('Address').fill('joan@mail.example');
    clock.advance(13 * 60 * minute);
    await page.getByLabel('Reason').fill('asked by phone');
    await page.getByRole('button', { name: 'Suppress address' }).click();
    await page.getByText('Your session has ended. Nothing was changed.').waitFor();
    expect(
      await page
        .getByRole('textbox', { name: /address/i })
        .last()
        .inputValue(),
    ).to.equal('joan@mail.example');
    await signIn(page, eve);
    expect(new URL(page.url()).pathname).to.equal('/suppressions/new');
    await page.getByText('Your text has been restored in the form.').waitFor();
    expect(await page.getByLabel('Address').inputValue()).to.equal('joan@mail.example');
    expect(await page.getByLabel('Reason').inputValue()).to.equal('asked by phone');
    await page.reload();
    expect(await page.getByLabel('Address').inputValue(), 'once').to.equal('');
  });

  it('puts nothing into our forms that a page of another site sent', async () => {
    const sent = {
      address: 'eve@evil.example',
      note: 'typed elsewhere',
      _page: 'suppressions/new',
      _csrf: 'a.b',
    };
    const fields = Object.entries(sent).map(([name, value]) => `<input name="${name}" value="${value}">`);
    const evil = await listen((_request, response) => {
      response.setHeader('Content-Type', 'text/html');
      response.end(
        `<form method="post" action="${app.url}suppressions">${fields.join('')}<button>Win</button></form>`,
      );
    });
    try {
      const eve = await addAdmin(app, 'target@shop.example');
      // Another site altogether, and another port of this one.
      for (const address of [evil.url.replace('127.0.0.1', 'localhost'), evil.url]) {
        const page = await signedIn(eve, 'suppressions/new');
        clock.advance(13 * 60 * minute);
        await page.goto(address);
        await page.getByRole('button', { name: 'Win' }).click();
        await page.getByText('Nothing was changed.').waitFor();
        expect(await page.content(), address).not.to.include('evil.example');
        await signIn(page, eve);
        await heading(page, 'Overview').waitFor();
        await page.goto(`${app.url}suppressions/new`);
        expect(await page.getByLabel('Address').inputValue(), address).to.equal('');
        expect(await page.getByLabel('Reason').inputValue(), address).to.equal('');
      }
    } finally {
      await evil.close();
    }
  });
});
