import { withTimeout } from '../../../server/mail/diagnosis.ts';
import { type AddCommands, exitCodes } from '../command.ts';
import { describeFailure } from '../failure.ts';
import { withExample } from '../help.ts';
import { bad, type Check, type Examination, type Finding, unseen } from './check.ts';
import { database } from './database.ts';
import { door } from './door.ts';
import { environment } from './environment.ts';
import { operation } from './operation.ts';
import { provider } from './provider.ts';
import { report } from './report.ts';
import { smtp } from './smtp.ts';
import { openSubject, type Subject } from './subject.ts';
import { Unseen } from './unseen.ts';
import { webhooks } from './webhooks.ts';

/** Every check, in the order of the report. */
export const examinations: readonly Examination[] = [
  ...environment,
  ...database,
  ...provider,
  ...smtp,
  ...door,
  ...webhooks,
  ...operation,
];

/** `postlane doctor`: looks at the whole set-up, and says how to correct what is wrong. */
export const addDoctor: AddCommands = (program, { env, configFile, answer, colour, now }) => {
  withExample(
    program
      .command('doctor')
      .description(
        'examine the whole set-up: what is wrong, and how to correct it; exit code 1 where something is',
      ),
    'postlane doctor',
    'POSTMARK_ACCOUNT_TOKEN=... postlane doctor   # looks at domains and sender signatures as well',
  ).action(async () => {
    const subject = await openSubject(env, configFile(), now);
    try {
      const checks = await Promise.all(examinations.map(one => examine(one, subject)));
      const ok = checks.every(check => check.ok !== false);
      answer(report(checks, colour()), { ok, checks }, ok ? 0 : exitCodes.no);
    } finally {
      await subject.close();
    }
  });
};

/** The longest one check may take; they run at the same time. */
const patienceMs = 10_000;

async function examine({ name, look }: Examination, subject: Subject): Promise<Check> {
  return { name, ...(await withTimeout(look(subject), patienceMs).catch(findingOf)) };
}

/** A check that fails stops no other. */
function findingOf(error: unknown): Finding {
  if (error instanceof Unseen) return unseen(error.message);
  if ((error as { code?: unknown }).code === 'ETIMEDOUT')
    return bad(
      'There was no answer within 10 s.',
      'Run it again; if it lasts, see what slows that side down.',
    );
  return bad(describeFailure(error).message, 'Run it again with POSTLANE_DEBUG=1 for more.');
}
