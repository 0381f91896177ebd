import type { Sandbox } from '../../../test/sandbox/index.ts';
import { createDice } from '../../../test/support/dice.ts';
import type { Mail } from '../../mail/index.ts';
import { planCampaigns } from './campaigns.ts';
import { planDesk } from './desk.ts';
import { Diary, passUntil } from './diary.ts';
import { planIncidents } from './incidents.ts';
import { dayMs, hourMs, minuteMs, type Stage } from './stage.ts';
import { planVisits, type Shelf } from './visits.ts';
import { openWebhookDoor } from './webhook-door.ts';

/** A stretch of time to be filled. All in ms since 1970. */
export interface Span {
  /** When the history begins. */
  begin: number;
  /** The moment that counts as now for what is told to be some days ago. */
  present: number;
  /** What was lived through already is not lived through again; `begin` at first. */
  from: number;
  /** Where it ends: the present, or later when it is taken up again. */
  until: number;
}

/**
 * Lives through the span in the sandbox's time, which must be the module's: everything happens by the module's own
 * calls. The same span is always planned alike. No worker may be at work, for its time is another one.
 */
export async function makeHistory(
  { mail, sandbox }: { mail: Mail; sandbox: Sandbox },
  { begin, present, from, until }: Span,
  { signal, onDay }: { signal: AbortSignal; onDay: (day: number, days: number) => unknown },
): Promise<void> {
  const door = await openWebhookDoor(mail);
  sandbox.setWebhook(door.url);
  try {
    const diary = new Diary(sandbox);
    plan({ mail, sandbox, diary, dice: createDice(dayOf(begin)) }, { begin, present, until });
    const days = Math.ceil((until - begin) / dayMs);
    let told = 0;
    await diary.live(from, until, signal, at => {
      const day = Math.ceil((at - begin) / dayMs);
      if (day > told) onDay(day, days);
      told = day;
    });
    // What took its time is made up for.
    await passUntil(sandbox, Date.now());
    await sandbox.idle();
  } finally {
    sandbox.setWebhook(null);
    await door.close();
  }
  await mail.work.rollUp(signal);
}

function plan(stage: Stage, { begin, present, until }: Pick<Span, 'begin' | 'present' | 'until'>): void {
  const shelf: Shelf = [];
  const today = dayOf(present) * dayMs;
  for (let day = dayOf(begin) * dayMs; day < until; day += dayMs) {
    const season = Math.min(1, (day - begin) / (present - begin));
    planVisits({ ...stage, dice: createDice(dayOf(day)) }, day, season, shelf);
    // The first nights have nothing to compare.
    if (day > begin + dayMs) stage.diary.at(day + 3.5 * hourMs, () => stage.mail.work.reconcileNight());
  }
  planCampaigns(stage, today);
  planIncidents(stage, today, present, shelf);
  planDesk(stage, today, present);
  stage.diary.at(until - 2 * minuteMs, () => stage.mail.work.rollUp());
}

function dayOf(moment: number): number {
  return Math.floor(moment / dayMs);
}
