import type { Sandbox } from '../../../test/sandbox/index.ts';
import type { Mail } from '../../mail/index.ts';
import { createRandom } from '../random.ts';
import type { Order } from '../sample-mails.ts';
import { planCampaigns } from './campaigns.ts';
import { dayMs, type HistoryContext, hourMs, minuteMs } from './context.ts';
import { planDesk } from './desk.ts';
import { planIncidents } from './incidents.ts';
import { advanceTo, Schedule } from './schedule.ts';
import { planVisits } from './visits.ts';
import { openWebhookReceiver } from './webhook-receiver.ts';

/** A stretch of time to be filled. All in ms since 1970. */
export interface Span {
  /** When the history begins. */
  begin: number;
  /** The moment that counts as now for what happened some days ago. */
  present: number;
  /** What has happened already does not happen again; `begin` at first. */
  from: number;
  /** Where it ends: the present, or later when it is taken up again. */
  until: number;
}

/**
 * Runs through the span in the sandbox's time, which must be the module's: everything happens by the module's own
 * calls. The same span is always planned alike. No worker may be at work, for its time is another one.
 */
export async function makeHistory(
  { mail, sandbox }: { mail: Mail; sandbox: Sandbox },
  { begin, present, from, until }: Span,
  { signal, onDay }: { signal: AbortSignal; onDay: (day: number, days: number) => unknown },
): Promise<void> {
  const receiver = await openWebhookReceiver(mail);
  sandbox.setWebhook(receiver.url);
  try {
    const schedule = new Schedule(sandbox);
    plan({ mail, sandbox, schedule, random: createRandom(dayOf(begin)) }, { begin, present, until });
    const days = Math.ceil((until - begin) / dayMs);
    let reported = 0;
    await schedule.run(from, until, signal, at => {
      const day = Math.ceil((at - begin) / dayMs);
      if (day > reported) onDay(day, days);
      reported = day;
    });
    // What took its time is made up for.
    await advanceTo(sandbox, Date.now());
    await sandbox.idle();
  } finally {
    sandbox.setWebhook(null);
    await receiver.close();
  }
  await mail.work.rollUp(signal);
}

function plan(
  context: HistoryContext,
  { begin, present, until }: Pick<Span, 'begin' | 'present' | 'until'>,
): void {
  const unshipped: Order[] = [];
  const today = dayOf(present) * dayMs;
  for (let day = dayOf(begin) * dayMs; day < until; day += dayMs) {
    const season = Math.min(1, (day - begin) / (present - begin));
    planVisits({ ...context, random: createRandom(dayOf(day)) }, day, season, unshipped);
    // The first days have nothing to reconcile.
    if (day > begin + dayMs) context.schedule.at(day + 3.5 * hourMs, () => context.mail.work.reconcile());
  }
  planCampaigns(context, today);
  planIncidents(context, today, present, unshipped);
  planDesk(context, today, present);
  context.schedule.at(until - 2 * minuteMs, () => context.mail.work.rollUp());
}

function dayOf(moment: number): number {
  return Math.floor(moment / dayMs);
}
