import type { Knex } from 'knex';
import type { Sandbox } from '../../test/sandbox/index.ts';
import type { Mail } from '../mail/index.ts';
import { makeHistory, type Span } from './history/index.ts';
import { advanceTo } from './history/schedule.ts';
import { simulateToday } from './today.ts';

const dayMs = 24 * 3_600_000;

/** How far back the history goes. The sandbox's clock has to begin here. */
export function historyBegin(now = Date.now()): Date {
  return new Date(now - 30 * dayMs);
}

/** What a new installation is filled with: first the history, without a worker, then today, with one. */
export interface Seeding {
  history(signal: AbortSignal): Promise<void>;
  today(): Promise<void>;
}

const marks = { begin: 'seed.begin', finish: 'seed.finish' } as const;
const mark = { by: 'npm start', subject: 'installation' } as const;

/**
 * Looks whether there is something to seed: in an empty database, or in one whose seeding was broken off and goes on
 * where it was. Moves the sandbox's clock to where the module's time goes on: into the past, or to the present when
 * it returns null. `host` is the shop's own pool.
 */
export async function prepareSeed(
  mail: Mail,
  host: Knex,
  sandbox: Sandbox,
  say: (line: string) => void,
): Promise<Seeding | null> {
  const span = await findSpan(mail, sandbox);
  if (!span) {
    await advanceTo(sandbox, Date.now());
    await copySuppressions(mail, sandbox);
    return null;
  }
  await advanceTo(sandbox, span.from);
  await copySuppressions(mail, sandbox);
  return {
    async history(signal) {
      say('Making a month of a small shop, through the calls a host would make ...');
      await makeHistory({ mail, sandbox }, span, {
        signal,
        onDay: (day, days) => {
          if (day % 5 === 0) say(`  day ${day} of ${days}`);
        },
      });
    },
    async today() {
      await simulateToday(mail, host, sandbox);
      await mail.audit.record({ ...mark, action: marks.finish, before: null, after: null });
    },
  };
}

async function findSpan(mail: Mail, sandbox: Sandbox): Promise<Span | null> {
  const until = Date.now();
  const finished = await mail.audit.list({ action: marks.finish, limit: 1 });
  if (finished.entries.length > 0) return null;
  const begun = await mail.audit.list({ action: marks.begin, limit: 1 });
  const [beginning] = begun.entries;
  if (beginning) return remainingSpan(mail, beginning, until);
  const { messages } = await mail.messages.find({ limit: 1 });
  // Somebody's own mail: nothing of ours goes in between.
  if (messages.length > 0) return null;
  const at = sandbox.clock.now();
  const plan: Plan = { mail: 'of a shop that does not exist', until: new Date(until).toISOString() };
  await mail.audit.record({ ...mark, action: marks.begin, before: null, after: plan, at });
  return { begin: at.getTime(), present: until, from: at.getTime(), until };
}

/** From the last thing that happened. */
async function remainingSpan(mail: Mail, { id, at }: { id: string; at: Date }, until: number): Promise<Span> {
  const { messages } = await mail.messages.find({ limit: 1 });
  const { entries } = await mail.audit.list({ limit: 1 });
  const plan = (await mail.audit.get(id))?.after as Plan;
  const last = [at, ...messages.map(({ createdAt }) => createdAt), ...entries.map(entry => entry.at)];
  const from = Math.max(...last.map(moment => moment.getTime()));
  return { begin: at.getTime(), present: Date.parse(plan.until), from, until };
}

/** What the audit log says about the seeding. */
interface Plan {
  mail: string;
  /** The moment that was the present when it began. */
  until: string;
}

/** The sandbox forgets with its process whom it will not mail; Postmark would not. */
async function copySuppressions(mail: Mail, sandbox: Sandbox): Promise<void> {
  for (const { stream, address, reason, origin } of await mail.suppressions.list()) {
    if (origin === 'Operator') continue;
    const known = (['HardBounce', 'SpamComplaint'] as const).find(one => one === reason);
    sandbox.suppress(stream, address, known ?? 'ManualSuppression');
  }
}
