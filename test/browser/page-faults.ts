import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { accessibilityFaults } from '../support/accessibility.ts';

const keyboardFaults = readFileSync(new URL('./in-page/keyboard-faults.js', import.meta.url), 'utf8');
const sideways = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';

/** The ways a page is looked at, each for what can differ from the way before: most rules see neither size nor colour. */
const ways = [
  { width: 1280, colorScheme: 'light', scope: 'everything' },
  { width: 1280, colorScheme: 'dark', scope: 'colours' },
  { width: 390, colorScheme: 'dark', scope: 'colours and sizes' },
] as const;

/**
 * Everything that is wrong with the page as it stands, on a desk and on a phone, by day and by night. It is loaded once:
 * width and colours change under it, as they do for a reader who turns a phone or the light. Open it with
 * `reducedMotion`, so that no colour is on its way.
 */
export async function pageFaults(page: Page): Promise<string[]> {
  await page.keyboard.press('Tab');
  const faults = ((await page.evaluate(keyboardFaults)) as string[]).map(fault => `by keyboard: ${fault}`);
  for (const { width, colorScheme, scope } of ways) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    if (await page.evaluate(sideways)) faults.push(`${width} wide: scrolls sideways`);
    for (const { rule, elements } of await accessibilityFaults(page, scope))
      faults.push(...elements.map(element => `${width} wide, ${colorScheme}: ${rule}: ${element}`));
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
  return faults;
}
