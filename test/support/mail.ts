import { pino } from 'pino';
import { demoPolicy } from '../../server/demo/policy.ts';
import { demoTemplates } from '../../server/demo/templates.ts';
import { createMail, type Mail, type MailConfig } from '../../server/mail/index.ts';
import { emptyTables, testDatabase, testDatabaseUrl } from './database.ts';

/** The configuration of a module under test; addresses that nobody listens on unless a sandbox's are given. */
export function testConfig(postmark: Partial<NonNullable<MailConfig['postmark']>> = {}): MailConfig {
  return {
    database: testDatabaseUrl(),
    postmark: {
      token: 'test-token',
      apiUrl: 'http://127.0.0.1:9',
      smtpUrl: 'smtp://127.0.0.1:9',
      ...postmark,
    },
    smtp: {},
    from: 'Test Shop <shop@sender.example>',
    logLevel: 'silent',
    templates: demoTemplates,
    policy: demoPolicy,
  };
}

/** What a test changes of the configuration, and what it puts in place of our own. */
export type TestOptions = Partial<MailConfig> & NonNullable<Parameters<typeof createMail>[1]>;

/** A module on the emptied test database, with the templates of its folder published. */
export async function openMail(options: TestOptions = {}, config: MailConfig = testConfig()): Promise<Mail> {
  await emptyTables(testDatabase());
  const logger = pino({ level: 'silent' });
  const mail = await createMail(
    { ...config, logger, migrate: false, ...options },
    { role: 'command', ...options },
  );
  await mail.templates.files.import();
  return mail;
}
