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
  /** Messages that are not settled yet. */
  open: number;
  byState: Partial<Record<MessageState, number>>;
  /** 0-1, settled messages of the audience. */
  share: number;
}

/** Derives progress from the rows: there are no counters that could drift. */
export function progressOf(audience: number, byState: Partial<Record<MessageState, number>>): Progress {
  const expanded = Object.values(byState).reduce((sum, count) => sum + count, 0);
  const open = openStates.reduce((sum, state) => sum + (byState[state] ?? 0), 0);
  return { audience, expanded, open, byState, share: audience === 0 ? 1 : (expanded - open) / audience };
}

/** States in which a campaign's messages are counted every minute. */
export const sampledStates = ['expanding', 'sending', 'paused'] as const satisfies CampaignState[];

/** A larger campaign is shown by its recent count where `recent` asks for it. */
const countedAtOnce = 20_000;

/** How far a campaign is. With `recent` this is quick however large a running campaign is. */
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

/** Counts a campaign's messages and saves the counts and when it last made progress. */
export async function refreshProgress({ db, now }: MailContext, id: string): Promise<void> {
  const byState = await countByState(db, id);
  const { expanded, open } = progressOf(0, byState);
  // Expanded and settled messages both count as progress.
  await saveProgress(db, id, { byState, settled: expanded * 2 - open }, now());
}
