import type { Campaign, Mail } from '../../mail/index.ts';
import { type Segment, stateBar } from '../state-bar.ts';
import { viewHelpers } from '../view-helpers.ts';

/** A campaign with how far it is. */
export interface CampaignProgress {
  campaign: Campaign;
  progress: Awaited<ReturnType<Mail['campaigns']['progress']>>;
  segments: Segment[];
  settled: number;
  /** Whole percents, 100 only when all is settled. */
  percentSettled: number;
  /** The messages that are not settled, such as `40 held`; empty when all are. */
  others: string;
}

/** Campaigns between launch and end, of one kind. */
export interface CampaignGroup {
  key: 'running' | 'scheduled' | 'paused';
  title: string;
  /** True when their numbers change by themselves. */
  live: boolean;
  campaigns: CampaignProgress[];
}

/** Adds their progress to campaigns. */
export function withProgress(mail: Mail, campaigns: readonly Campaign[]): Promise<CampaignProgress[]> {
  return Promise.all(
    campaigns.map(async campaign => {
      const progress = await mail.campaigns.progress(campaign.id, { recent: true });
      return {
        campaign,
        progress,
        segments: stateBar(progress.byState, Math.max(progress.audience, progress.expanded)),
        settled: progress.expanded - progress.open,
        percentSettled: Math.floor(progress.share * 100),
        others: othersIn(campaign, progress),
      };
    }),
  );
}

// A paused campaign is sending nothing, and a scheduled one has not started.
function othersIn(
  { state }: Campaign,
  { byState, audience, expanded }: CampaignProgress['progress'],
): string {
  const parts: [count: number | undefined, words: string][] = [
    [byState.sending, 'being sent'],
    [byState.queued, 'waiting to be sent'],
    [byState.held, 'held'],
    [byState.unknown, 'unknown'],
    [audience - expanded, unexpanded[state] ?? 'not started'],
  ];
  return parts
    .flatMap(([count = 0, words]) => (count > 0 ? [`${viewHelpers.number(count)} ${words}`] : []))
    .join(', ');
}

const unexpanded: Partial<Record<Campaign['state'], string>> = {
  scheduled: 'scheduled',
  expanding: 'being prepared',
  sending: 'being prepared',
  paused: 'not yet prepared',
  cancelled: 'never sent',
};

/** Those between launch and end, by state. */
export async function groupsOf(mail: Mail, campaigns: readonly Campaign[]): Promise<CampaignGroup[]> {
  const all = await withProgress(mail, campaigns.filter(isRunning));
  const among = (...states: Campaign['state'][]) =>
    all.filter(({ campaign }) => states.includes(campaign.state));
  const groups: CampaignGroup[] = [
    { key: 'running', title: 'Running campaigns', live: true, campaigns: among('expanding', 'sending') },
    { key: 'scheduled', title: 'Scheduled campaigns', live: true, campaigns: among('scheduled') },
    { key: 'paused', title: 'Paused campaigns', live: false, campaigns: among('paused') },
  ];
  return groups.filter(group => group.campaigns.length > 0);
}

/** True between launch and end, paused ones included. */
export function isRunning({ state }: Campaign): boolean {
  return state === 'paused' || isMoving({ state });
}

/** True while its numbers change by themselves. */
export function isMoving({ state }: Pick<Campaign, 'state'>): boolean {
  return state === 'scheduled' || state === 'expanding' || state === 'sending';
}
