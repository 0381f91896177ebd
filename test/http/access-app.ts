import express, { type Express } from 'express';
import request, { type Response } from 'supertest';
import { v7 as uuid } from 'uuid';
import { type AccountAccessSettings, accountAccess } from '../../server/accounts/index.ts';
import { hashPassword } from '../../server/accounts/passwords/hash.ts';
import type { Person, Role } from '../../server/admin/person.ts';
import { pageRouter } from '../../server/admin/router.ts';
import type { Mail } from '../../server/mail/index.ts';
import { type Clock, createClock } from '../support/clock.ts';
import { testDatabase } from '../support/database.ts';
import { openMail, type TestOptions } from '../support/mail.ts';
import { createScriptedTransport, type ScriptedTransport } from '../support/scripted-transport.ts';

/** The pages with accounts of their own, on the emptied test database. */
export interface AccessApp {
  mail: Mail;
  app: Express;
  clock: Clock;
  api: ScriptedTransport;
  /** An account that can sign in with {@link goodPassword}; its person. */
  account(email: string, role: Role): Promise<Person & { email: string }>;
  /** A browser, not signed in. */
  browser(): Browser;
  /** A browser that is signed in. */
  signedIn(email: string): Promise<Browser>;
  /** The same app under other settings. */
  appWith(settings: Partial<AccountAccessSettings>): Express;
}

/** A browser: keeps cookies, and sends forms with the token of a page it has seen. */
export type Browser = ReturnType<typeof browserAt>;

/** What every account of {@link AccessApp.account} signs in with. */
export const goodPassword = 'a walrus on the stairs';

/** Cheap hashes: tests sign in often. */
export const cheap = { logN: 4, r: 8, p: 1 };

/** Opens the app; `mail.close()` ends it. */
export async function openAccessApp(
  over: Partial<AccountAccessSettings> = {},
  options: TestOptions = {},
): Promise<AccessApp> {
  const clock = createClock();
  const api = createScriptedTransport('postmark-api');
  const mail = await openMail({ now: clock.now, transports: [api], ...options });
  const settings: AccountAccessSettings = {
    secretKeys: ['a key of the tests, 32 characters or more'],
    publicUrl: 'http://127.0.0.1',
    pagesAccess: 'accounts',
    now: clock.now,
    cost: cheap,
    requestsPerMinute: 10_000,
    ...over,
  };
  const appWith = (more: Partial<AccountAccessSettings>) => {
    const all = { ...settings, ...more };
    return express()
      .set('env', 'test')
      .set('trust proxy', 'loopback')
      .use(pageRouter(mail, accountAccess(mail, testDatabase(), all), { ...all, jobs: testDatabase() }));
  };
  const app = appWith({});
  const account = async (email: string, role: Role) => {
    const person = { id: uuid(), name: `${role} ${email.split('@')[0]}`, role };
    await testDatabase()('postlane_accounts').insert({
      ...person,
      email,
      password: await hashPassword(goodPassword, cheap),
      created_at: clock.now().toISOString().slice(0, 23).replace('T', ' '),
    });
    return { ...person, email };
  };
  const browser = () => browserAt(app);
  const signedIn = async (email: string) => {
    const one = browser();
    const { status } = await one.signIn(email);
    if (status !== 303) throw new Error(`Signing in was answered with ${status}.`);
    return one;
  };
  return { mail, app, clock, api, account, browser, signedIn, appWith };
}

/** A browser at an app that has visited nothing yet. */
export function browserAt(app: Express) {
  const agent = request.agent(app);

  /** The token that a page carries now: of the sign-in page, or of whoever is in. */
  const token = async (): Promise<string> => {
    const { status, text } = await agent.get('/sign-in');
    if (status === 200) return /name="csrf-token" content="([^"]*)"/.exec(text)?.[1] ?? '';
    const { body } = await agent.get('/session').accept('json');
    if (body.csrf !== undefined) return body.csrf;
    // Nothing else is open to somebody who has to set up a second step.
    const page = await agent.get('/profile/two-factor');
    return /name="csrf-token" content="([^"]*)"/.exec(page.text)?.[1] ?? '';
  };
  /** Sends a form as a page of ours would. */
  const post = async (path: string, fields: object = {}): Promise<Response> => {
    // First the page, then the form: an agent takes its cookies along when a request is made.
    const _csrf = await token();
    return agent
      .post(path)
      .type('form')
      .send({ ...fields, _csrf });
  };
  const signIn = (email: string, password = goodPassword, fields: object = {}): Promise<Response> =>
    post('/sign-in', { email, password, ...fields });

  return { agent, get: (path: string) => agent.get(path), token, post, signIn };
}
