import type { MailContext } from '../context.ts';
import { countByState } from '../messages/views-store.ts';
import { countAudience } from './audience-counts-store.ts';
import type { Campaign, CampaignState } from './campaigns-store.ts';
import { type Progress, progressOf } from './progress.ts';
import { savedCounts, saveProgress } from './progress-store.ts';

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
