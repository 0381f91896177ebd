/** The states of a campaign. */
export const campaignStates = [
  'draft',
  'scheduled',
  'expanding',
  'sending',
  'done',
  'paused',
  'cancelled',
] as const;

/** See {@link campaignStates}. */
export type CampaignState = (typeof campaignStates)[number];

/** States in which a campaign is on its way, or paused on its way. */
export const runningStates = [
  'scheduled',
  'expanding',
  'sending',
  'paused',
] as const satisfies CampaignState[];

/** A row of the table below: from which states, to which one, and which time it keeps or clears. */
export interface CampaignTransition {
  from: readonly CampaignState[];
  to: CampaignState;
  stamp?: 'launched_at' | 'finished_at';
  clears?: 'finished_at';
}

/** Every way in which a campaign's state changes. */
export const campaignTransitions = {
  launch: { from: ['draft'], to: 'scheduled', stamp: 'launched_at' },
  pause: { from: ['scheduled', 'expanding', 'sending'], to: 'paused' },
  resume: { from: ['paused'], to: 'scheduled' },
  // It is finished once nothing of it waits any more: see `finishCancelled`.
  cancel: {
    from: ['draft', 'scheduled', 'expanding', 'sending', 'paused'],
    to: 'cancelled',
    clears: 'finished_at',
  },
  retryFailed: { from: ['sending', 'done'], to: 'sending' },

  // The worker's own.
  expand: { from: ['scheduled'], to: 'expanding' },
  send: { from: ['expanding'], to: 'sending' },
  finish: { from: ['sending'], to: 'done', stamp: 'finished_at' },
} as const satisfies Record<string, CampaignTransition>;

/** The name of a row of {@link campaignTransitions}. */
export type CampaignTransitionName = keyof typeof campaignTransitions;

/** States in which recipients can be added and removed; afterwards the audience is frozen. */
const editableStates: readonly CampaignState[] = ['draft'];

const allowedIn = {
  launch: campaignTransitions.launch.from,
  pause: campaignTransitions.pause.from,
  resume: campaignTransitions.resume.from,
  cancel: campaignTransitions.cancel.from,
  retryFailed: campaignTransitions.retryFailed.from,
  addRecipients: editableStates,
  removeRecipients: editableStates,
} as const satisfies Record<string, readonly CampaignState[]>;

/** What a person may do to a campaign. */
export type CampaignAction = keyof typeof allowedIn;

/** The actions that are possible in a state. Launching also takes recipients, and a retry failed messages. */
export function allowedCampaignActions(state: CampaignState): CampaignAction[] {
  const actions = Object.keys(allowedIn) as CampaignAction[];
  return actions.filter(action => isAllowed(action, state));
}

/** Whether an action is possible in a state. */
export function isAllowed(action: CampaignAction, state: CampaignState): boolean {
  return (allowedIn[action] as readonly CampaignState[]).includes(state);
}
