import type { MailContext } from '../context.ts';
import { type MessageState, openStates } from '../messages/states.ts';
import { countByState } from '../messages/views-store.ts';
import { countAudience } from './audience-store.ts';
import type { Campaign } from './campaigns-store.ts';
import { savedCounts, saveProgress } from './progress-store.ts';
import type { CampaignState } from './states.ts';

/** How far a campaign is, derived from its messages' states. */
export interface Progress {
  /** Size of the frozen audience. */
  audience: number;
  /** Recipients that became messages. */
  expanded: number;
  /** Messages that still owe something. */
  open: number;
  byState: Partial<Record<MessageState, number>>;
  /** 0-1, settled messages of the audience. */
  share: number;
}

/** Counts nothing twice and keeps no counters that could drift. */
export function progressOf(audience: number, byState: Partial<Record<MessageState, number>>): Progress {
  const expanded = Object.values(byState).reduce((sum, count) => sum + count, 0);
  const open = openStates.reduce((sum, state) => sum + (byState[state] ?? 0), 0);
  return { audience, expanded, open, byState, share: audience === 0 ? 1 : (expanded - open) / audience };
}

/** States in which a campaign's messages are counted every minute. */
export const sampledStates = ['expanding', 'sending', 'paused'] as const satisfies CampaignState[];

/** Of a campaign with more messages than this, a recent count will do where one is asked for. */
const countedAtOnce = 20_000;

/** How far a campaign is. With `recent` it is quick however large the campaign, while that is on its way. */
export async function progressIn(
  { db }: Pick<MailContext, 'db'>,
  campaign: Campaign,
  recent: boolean,
): Promise<Progress> {
  const { id, state } = campaign;
  const isSampled = sampledStates.some(one => one === state);
  const [audience, kept] = await Promise.all([
    campaign.audience ?? countAudience(db, id),
    recent && isSampled ? savedCounts(db, id) : null,
  ]);
  const sample = progressOf(audience, kept ?? {});
  return sample.expanded > countedAtOnce ? sample : progressOf(audience, await countByState(db, id));
}

/** Counts a campaign's messages and keeps the counts, and when it last came further. */
export async function refreshProgress({ db, now }: MailContext, id: string): Promise<void> {
  const byState = await countByState(db, id);
  const { expanded, open } = progressOf(0, byState);
  // What became a message and what was settled both count as coming further.
  await saveProgress(db, id, { byState, settled: expanded * 2 - open }, now());
}
