import type { Page } from 'playwright-core';
import { accountsContext } from '../../server/accounts/context.ts';
import { invite } from '../../server/accounts/invitations.ts';
import { acceptLink } from '../../server/accounts/links.ts';
import type { Role } from '../../server/admin/person.ts';
import { testDatabase } from '../support/database.ts';
import type { WholeApp } from './whole-app.ts';

/** What somebody signs in with. */
export interface Credentials {
  email: string;
  password: string;
}

/** Adds an admin who has chosen a password. */
export function addAdmin(app: WholeApp, email: string): Promise<Credentials> {
  return addAccount(app, email, 'admin');
}

/** Adds an account whose owner has chosen a password, and is called as the address begins. */
export async function addAccount(
  { mail, config }: WholeApp,
  email: string,
  role: Role,
): Promise<Credentials & { id: string }> {
  const context = accountsContext(mail, testDatabase(), { ...config, cost: { logN: 4, r: 8, p: 1 } });
  const { account, link } = await invite(context, { email, role, name: email.split('@')[0] }, 'cli');
  const password = 'a walrus on the stairs';
  await acceptLink(context, link.url.slice(link.url.lastIndexOf('/') + 1), password);
  return { id: account.id, email, password };
}

/** Fills in and sends the form that the page shows. */
export async function signIn(page: Page, { email, password }: Credentials): Promise<void> {
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
