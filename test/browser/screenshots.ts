import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium, type Page } from 'playwright-core';

/**
 * Takes the pictures of the README from a running `npm start`:
 * `node --import tsx test/browser/screenshots.ts http://localhost:3000`. Begin it while the month is being made on an
 * empty database: the campaign runs for a quarter of a minute after that.
 */

const base = (process.argv[2] ?? 'http://localhost:3000').replace(/\/$/, '');
const folder = fileURLToPath(new URL('./screenshots/', import.meta.url));
const patienceMs = 180_000;

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
try {
  const page = await browser.newPage({ colorScheme: 'light', viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(patienceMs);
  await openRunningCampaign(page);
  await take(page, 'campaign');
  await page.goto(`${base}/?range=30d`);
  await page.locator('.uplot').first().waitFor();
  await take(page, 'dashboard');
  await openEditor(page);
  await take(page, 'editor');
  await openRetriedMessage(page);
  await take(page, 'timeline');
} finally {
  await browser.close();
}

/** About half way. */
async function openRunningCampaign(page: Page): Promise<void> {
  const end = Date.now() + patienceMs;
  // Those before it leave while the month is made, and are over at once.
  const running = page
    .locator('li:has([data-state="sending"])')
    .getByRole('link', { name: 'November newsletter' });
  await page.goto(`${base}/campaigns`);
  while ((await running.count()) === 0) {
    if (Date.now() > end) throw new Error('No campaign is running: start on an empty database.');
    await pause(500);
    await page.reload();
  }
  await running.click();
  await page.getByText(/^\s*([3-9]\d|100)%/).waitFor();
}

async function openEditor(page: Page): Promise<void> {
  await page.goto(`${base}/templates/order-confirmation`);
  await page.locator('.cm-content').first().waitFor();
  await page.frameLocator('[data-frame-box] iframe').first().locator('h1').waitFor();
}

/** Handed over twice: Postmark was in maintenance when it was ordered. */
async function openRetriedMessage(page: Page): Promise<void> {
  const end = Date.now() + patienceMs;
  const search = new URLSearchParams({
    recipient: 'greta.dahl@mail.example',
    template: 'order-confirmation',
  });
  do {
    if (Date.now() > end) throw new Error('The order that met Postmark in maintenance was not delivered.');
    await pause(500);
    await page.goto(`${base}/messages?${search}`);
    await page.locator('main table').getByRole('link').first().click();
    await page.getByRole('heading', { name: 'Timeline' }).waitFor();
  } while ((await page.getByText('Delivered', { exact: true }).count()) === 0);
}

/** As WebP, a third of a PNG. */
async function take(page: Page, name: string): Promise<void> {
  // Charts, fonts and the frame of a preview come after the page.
  await pause(1000);
  const devTools = await page.context().newCDPSession(page);
  const { data } = await devTools.send('Page.captureScreenshot', { format: 'webp', quality: 80 });
  await devTools.detach();
  const picture = Buffer.from(data, 'base64');
  writeFileSync(`${folder}${name}.webp`, picture);
  console.log(`${name}.webp, ${Math.round(picture.length / 1000)} kB, of ${page.url()}`);
}
