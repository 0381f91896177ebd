import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Page,
} from 'playwright-core';

/** Browsers that are looked for; the first that exists is used. */
const candidates = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** What keeps the browser to itself: it asks nobody on the network for anything. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** How long something on a page may take to come about, in ms: a machine may be busy with much else. */
const patienceMs = 60_000;

/** Pages for one suite, each in a context of its own. */
export interface TestBrowser {
  /** A page with its own cookies; a fault thrown by a script, or refused by the policy, fails {@link TestBrowser.close}. */
  open(options?: BrowserContextOptions): Promise<Page>;
  /** Another page with the cookies of `page`, like a second tab. */
  tab(page: Page): Promise<Page>;
  /** Closes every page. Throws with everything that pages complained about since the start. */
  close(): Promise<void>;
}

/**
 * A suite of tests with a real browser. Where none is installed it is skipped with a word, except in CI, where the
 * absence of a browser is a failure.
 */
export function describeInBrowser(title: string, tests: (browser: () => TestBrowser) => void): void {
  const executable = candidates.find(path => path !== undefined && existsSync(path));
  const suite = executable || process.env.CI ? describe : describe.skip;
  suite(`${title} (in a browser${executable ? '' : ': none found, install chromium'})`, function () {
    this.timeout(5 * patienceMs);
    let opened: TestBrowser | undefined;
    before(async () => {
      if (!executable) throw new Error('There is no Chromium: install one or set CHROMIUM_PATH.');
      opened = pagesOf(await running(executable));
    });
    after(() => opened?.close());
    tests(() => {
      if (!opened) throw new Error('The browser is opened before the first test.');
      return opened;
    });
  });
}

let launched: Promise<Browser> | undefined;

/** The browser of this process: one for all suites, as starting it takes a second. It ends with the process. */
function running(executablePath: string): Promise<Browser> {
  launched ??= launch(executablePath);
  return launched;
}

async function launch(executablePath: string): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'postlane-browser-'));
  const browser = await chromium.launch({
    executablePath,
    args: quiet,
    env: { ...process.env, HOME: profile },
  });
  // Playwright ends the browser itself then; this comes after it.
  process.on('exit', () => rmSync(profile, { recursive: true, force: true }));
  return browser;
}

function pagesOf(browser: Browser): TestBrowser {
  const complaints: string[] = [];
  const contexts: BrowserContext[] = [];
  const newPage = async (context: BrowserContext) => {
    const page = await context.newPage();
    page.setDefaultTimeout(patienceMs);
    page.on('pageerror', error => complaints.push(`${page.url()}: ${error.message}`));
    page.on('console', message => {
      if (/Content Security Policy|Refused to/.test(message.text()))
        complaints.push(`${page.url()}: ${message.text()}`);
    });
    return page;
  };
  return {
    async open(options) {
      const context = await browser.newContext(options);
      contexts.push(context);
      return newPage(context);
    },
    tab: page => newPage(page.context()),
    async close() {
      await Promise.all(contexts.map(context => context.close()));
      if (complaints.length > 0) throw new Error(`The pages complained:\n${complaints.join('\n')}`);
    },
  };
}
