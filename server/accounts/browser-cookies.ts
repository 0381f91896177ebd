import type { Request, Response } from 'express';
import { ownCookie } from '../admin/access/cookies.ts';
import type { AccountsContext } from './context.ts';
import { newToken } from './secrets.ts';
import { startSession } from './sessions.ts';
import type { Account } from './store/accounts-store.ts';

/** What browsers keep for us: the token of their session, and a name for each account that has signed in there. */
export interface BrowserCookies {
  /** The token of the session that a request belongs to. */
  sessionToken(request: Request): string | undefined;
  /** Begins a session, always with a new token, and remembers the browser, which it names. */
  beginSession(response: Response, account: Account): Promise<{ browser: string }>;
  /** Takes the token away. */
  clearSession(response: Response): void;
  /**
   * The name of a browser where this account has signed in before; null for any other. Attempts there are counted apart: a
   * stranger who guesses cannot lock the account's owner out of it.
   */
  deviceOf(request: Request, accountId: string): string | null;
}

const deviceMs = 180 * 24 * 3_600_000;

/** Keeps both in cookies for the pages alone. */
export function browserCookies(context: AccountsContext): BrowserCookies {
  const { encrypter, publicUrl } = context;
  const place = { publicUrl, path: new URL(publicUrl).pathname };
  const session = ownCookie('postlane-session', place);
  const device = ownCookie('postlane-known', { ...place, keptMs: deviceMs });

  const deviceOf = (request: Request, accountId: string): string | null => {
    const encrypted = device.read(request);
    return encrypted ? encrypter.decrypt(encrypted, ownerOf(accountId)) : null;
  };

  return {
    sessionToken: request => session.read(request),
    async beginSession(response, account) {
      const { req: request } = response;
      const browser = browserName(request.get('user-agent'));
      const token = await startSession(context, account, { browser, address: request.ip ?? 'unknown' });
      session.set(request, response, token);
      const name = deviceOf(request, account.id) ?? newToken();
      device.set(request, response, encrypter.encrypt(name, ownerOf(account.id)));
      return { browser };
    },
    clearSession: response => session.clear(response.req, response),
    deviceOf,
  };
}

function ownerOf(accountId: string): string {
  return `browser of ${accountId}`;
}

/** A browser in words, so that people know their sessions apart: `Firefox on Linux`. */
export function browserName(userAgent = ''): string {
  const find = (table: typeof browsers) => table.find(([, mark]) => mark.test(userAgent))?.[0];
  const [browser, system] = [find(browsers), find(systems)];
  if (!browser) return 'Another program';
  return system ? `${browser} on ${system}` : browser;
}

const browsers: [name: string, mark: RegExp][] = [
  ['Edge', /\bEdg(e|A|iOS)?\//],
  ['Opera', /\bOPR\//],
  ['Firefox', /\b(Firefox|FxiOS)\//],
  ['Chrome', /\b(Chrome|CriOS|Chromium)\//],
  ['Safari', /\bSafari\//],
];

const systems: [name: string, mark: RegExp][] = [
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Android', /\bAndroid\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMac OS X\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Linux', /\bLinux\b/],
];
