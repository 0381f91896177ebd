import { pino } from 'pino';
import { demoPolicy } from '../../server/demo/policy.ts';
import { demoTemplates } from '../../server/demo/templates.ts';
import { createMail, type Mail, type MailConfig } from '../../server/mail/index.ts';
import { emptyTables, testDatabase, testDatabaseUrl } from './database.ts';
import { publicationOf } from './published-templates.ts';

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
  const db = testDatabase();
  const whole = { ...config, logger: pino({ level: 'silent' }), migrate: false, ...options };
  const publication = publicationOf(db, keyOf(whole));
  await emptyTables(db);
  const isPutBack = await publication.putBack(options.now?.() ?? new Date());
  const mail = await createMail(whole, { role: 'command', ...options });
  await mail.templates.files.import();
  if (!isPutBack) await publication.keep();
  return mail;
}

/** Of what decides how the demo's templates are published; null for other folders, which tests write into. */
function keyOf({ templates, policy, topics, production, brands }: MailConfig): string | null {
  return templates === demoTemplates ? JSON.stringify({ policy, topics, production, brands }) : null;
}
