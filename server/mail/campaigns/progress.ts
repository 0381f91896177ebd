import { type MessageState, openStates } from '../messages/states.ts';

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
