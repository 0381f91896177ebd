import { expect } from 'chai';
import { roles } from '../../server/admin/person.ts';
import { describeInBrowser } from '../support/browser.ts';
import { addAccount, addAdmin, signIn } from './accounts.ts';
import { openSeededApp, type SeededApp } from './seeded-app.ts';

const desk = { viewport: { width: 1280, height: 900 }, reducedMotion: 'reduce' } as const;

/** Of one row. */
const highestHeader = 60;

describeInBrowser('pages of each role', browser => {
  let app: SeededApp;

  before(async () => {
    app = await openSeededApp({ secondPerson: true });
    await addAdmin(app, 'ada@shop.example');
  });
  after(() => app.close());

  for (const role of roles) {
    it(`have all sections of a ${role} in one row, and no script that misses its form`, async () => {
      const somebody = await addAccount(app, `a.rather.long.name+${role}@shop.example`, role);
      const { ids, url } = app;
      const page = await browser().open(desk);
      await page.goto(url);
      await signIn(page, somebody);
      await page.getByRole('heading', { name: 'Overview' }).waitFor();
      for (const path of [
        '',
        `approvals/${ids.request}`,
        'templates/receipt',
        'templates/receipt/publication',
        `campaigns/${ids.draft}`,
        `campaigns/${ids.running}`,
        `messages/${ids.bounced}`,
        'suppressions',
        'streams',
        'profile',
      ]) {
        await page.goto(url + path);
        const sections = page.getByRole('navigation', { name: 'Sections' });
        const header = await page.locator('.top').boundingBox();
        expect(header?.height, `${path}: the header`).to.be.below(highestHeader);
        expect(await sections.evaluate(nav => nav.scrollWidth <= nav.clientWidth), path).to.equal(true);
      }
    });
  }
});
