import express, { type Express } from 'express';
import type { Role } from '../../server/admin/person.ts';
import { createApp } from '../../server/app.ts';
import { type Config, loadConfig } from '../../server/config/index.ts';
import demo from '../../server/demo/postlane.config.ts';
import { createMail, type Mail } from '../../server/mail/index.ts';
import { createSandbox, type Sandbox } from '../sandbox/index.ts';
import type { Clock } from '../support/clock.ts';
import { emptyTables, testDatabase, testDatabaseUrl } from '../support/database.ts';
import { listen } from '../support/http-server.ts';

/** The stand-alone server as it is started in earnest, before a Postmark of our own, on the emptied test database. */
export interface WholeApp {
  mail: Mail;
  sandbox: Sandbox;
  app: Express;
  /** Where its pages are; ends in a slash. */
  url: string;
  /** What the server, a worker or the command line are started with. */
  config: Config;
  env: Record<string, string>;
  close(): Promise<void>;
}

/** How it is opened. */
export interface WholeAppOptions {
  /** Whether people sign in. Default `accounts`. */
  access?: 'accounts' | 'open';
  /** Whether publishing, launching and changing a role take a second person. */
  secondPerson?: boolean;
  /** The roles that take a second step at sign-in. */
  secondStep?: readonly Role[];
  /** Moves the time of the app; that of the sandbox and the browser runs on. */
  clock?: Clock;
}

/** Opens the app; reports of the sandbox come back to it. */
export async function openWholeApp({
  access = 'accounts',
  secondPerson = false,
  secondStep = [],
  clock,
}: WholeAppOptions = {}): Promise<WholeApp> {
  await emptyTables(testDatabase());
  const sandbox = await createSandbox({ deliveryMs: 1 });
  // Its address is known before it is.
  let app = express();
  const server = await listen((asked, answered) => app(asked, answered));
  const env: Record<string, string> = {
    ...environment(sandbox, server.url, access),
    POSTLANE_SECOND_PERSON: String(secondPerson),
    POSTLANE_SECOND_STEP: secondStep.join(','),
  };
  const config = loadConfig(env, demo);
  const { now } = clock ?? { now: () => new Date() };
  const mail = await createMail({ ...config, migrate: false }, { now });
  await mail.templates.files.import();
  const settings = { ...config, now };
  app = createApp(mail, testDatabase(), settings);
  const [username = '', password = ''] = (env.WEBHOOK_CREDENTIALS ?? '').split(':');
  sandbox.setWebhook(`${server.url}/webhooks/postmark`, { username, password });
  return {
    mail,
    sandbox,
    app,
    url: `${server.url}/`,
    config,
    env,
    async close() {
      await sandbox.close();
      await mail.close();
      await server.close();
    },
  };
}

function environment(sandbox: Sandbox, publicUrl: string, access: string): Record<string, string> {
  const { token, apiUrl, smtpUrl, caCertificate } = sandbox;
  return {
    DATABASE_URL: testDatabaseUrl(),
    POSTMARK_SERVER_TOKEN: token,
    POSTMARK_API_URL: apiUrl,
    POSTMARK_SMTP_URL: smtpUrl.replace('//', `//${token}:${token}@`),
    POSTMARK_SMTP_CA: caCertificate,
    MAIL_FROM: 'Shop <shop@sender.example>',
    WEBHOOK_CREDENTIALS: 'postmark:a-password-of-the-tests',
    POSTLANE_SECRET_KEY: 'a-key-of-the-tests-of-32-characters-or-more',
    POSTLANE_PUBLIC_URL: publicUrl,
    POSTLANE_PAGES_ACCESS: access,
    POSTLANE_LOG_LEVEL: 'silent',
    NODE_ENV: 'test',
  };
}
