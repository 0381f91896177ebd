import { expect } from 'chai';
import type { Mail } from '../../server/mail/index.ts';
import { alertData, launchCampaign, openPagesMail } from '../http/pages-mail.ts';
import { accessibilityFaults } from '../support/accessibility.ts';
import { describeInBrowser } from '../support/browser.ts';
import { type HttpServer, listen } from '../support/http-server.ts';

const phone = { width: 390, height: 844 };
const desk = { width: 1280, height: 900 };

describeInBrowser('every page', browser => {
  let mail: Mail;
  let server: HttpServer;
  let paths: string[];

  before(async () => {
    const opened = await openPagesMail();
    mail = opened.mail;
    server = await listen(opened.appAt('/mail'));
    const { id } = await mail.send(
      { template: 'operational-alert', to: 'ada@example.com', data: alertData },
      { wait: true },
    );
    const campaign = await launchCampaign(mail, 'May', 3);
    paths = [
      '',
      'messages',
      'messages?recipient=nobody@example.com',
      `messages/${id}`,
      'campaigns',
      `campaigns/${campaign}`,
      'templates',
      'templates/newsletter',
      'suppressions',
      'reconciliations',
      'no-such-page',
    ];
  });
  after(async () => {
    await mail.close();
    await server.close();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const viewport of [desk, phone]) {
      it(`has no serious fault of accessibility, ${colorScheme}, ${viewport.width} wide`, async () => {
        const page = await browser().open({ colorScheme, viewport });
        for (const path of paths) {
          await page.goto(`${server.url}/mail/${path}`);
          expect(await accessibilityFaults(page), path).to.deep.equal([]);
          const scrolls = await page.evaluate(
            'document.documentElement.scrollWidth > document.documentElement.clientWidth',
          );
          expect(scrolls, `${path || 'the overview'} scrolls sideways`).to.equal(false);
        }
      });
    }
  }
});
