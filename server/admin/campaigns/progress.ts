import type { Campaign, Mail } from '../../mail/index.ts';
import { type Segment, stateBar } from '../state-bar.ts';

/** A campaign with how far it is. */
export interface CampaignProgress {
  campaign: Campaign;
  progress: Awaited<ReturnType<Mail['campaigns']['progress']>>;
  segments: Segment[];
  settled: number;
  /** Whole percents, 100 only when all is settled. */
  percentSettled: number;
}

/** Adds their progress to campaigns. */
export function withProgress(mail: Mail, campaigns: readonly Campaign[]): Promise<CampaignProgress[]> {
  return Promise.all(
    campaigns.map(async campaign => {
      const progress = await mail.campaigns.progress(campaign.id);
      return {
        campaign,
        progress,
        segments: stateBar(progress.byState, Math.max(progress.audience, progress.expanded)),
        settled: progress.expanded - progress.open,
        percentSettled: Math.floor(progress.share * 100),
      };
    }),
  );
}

/** True between launch and end, paused ones included. */
export function isRunning({ state }: Campaign): boolean {
  return state === 'paused' || isMoving({ state });
}

/** True while its numbers change by themselves. */
export function isMoving({ state }: Pick<Campaign, 'state'>): boolean {
  return state === 'scheduled' || state === 'expanding' || state === 'sending';
}
