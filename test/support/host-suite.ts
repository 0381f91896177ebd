import { demoPolicy } from '../../server/demo/policy.ts';
import { demoTemplates } from '../../server/demo/templates.ts';
import { assertSent, captureMail, fakeMail } from '../../server/testing/index.ts';
import { testDatabaseUrl } from './database.ts';
import { resetInput } from './inputs.ts';

/** A host's suite, run as a process of its own by testing-process.test.ts: it has to end without being told to. */
const options = {
  from: 'Shop <shop@sender.example>',
  templates: demoTemplates,
  policy: demoPolicy,
  logLevel: 'silent',
};

const captured = await captureMail({ config: { ...options, database: testDatabaseUrl() }, events: true });
const mail = await captured.mail();
await captured.reset();
await mail.send(resetInput());
await captured.work({ also: ['reconcile'] });
await assertSent(captured, { template: 'password-reset' }, 1);
await captured.close();

const fake = fakeMail(options);
await fake.send(resetInput());
await assertSent(fake, { template: 'password-reset' }, 1);
await fake.close();

process.stdout.write('closed\n');
