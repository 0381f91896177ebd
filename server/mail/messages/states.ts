/** The states of a message. */
export const messageStates = [
  'queued',
  'sending',
  'sent',
  'delivered',
  'bounced',
  'complained',
  'suppressed',
  'failed',
  'unknown',
  'held',
  'cancelled',
] as const;

/** See {@link messageStates}. */
export type MessageState = (typeof messageStates)[number];

/** States in which something is still owed. */
export const openStates = ['queued', 'sending', 'unknown', 'held'] as const satisfies MessageState[];

/** The state a message is inserted in: leased to the process that accepted it, or waiting for the worker. */
export function initialState(isLeased: boolean): MessageState {
  return isLeased ? 'sending' : 'queued';
}

/** A row of the table below: from which states, to which one, and what becomes of the row's other columns. */
export interface Transition {
  from: readonly MessageState[];
  to: MessageState;
  /** The column that keeps when; for reported facts, when the fact happened. */
  stamp?: Stamp;
  /** Set to null. */
  clears: readonly Column[];
  /** Set to what the caller hands in. */
  takes: readonly Exclude<Column, 'failedAt'>[];
  /**
   * What the writer must still hold, so that a slow process overwrites nobody: the message's `lease`, or the number of
   * its last `attempt`. A state in `unfenced` may be left without it.
   */
  fence?: 'lease' | 'attempt';
  unfenced?: MessageState;
  /** True when the next attempt begins with it. */
  startsAttempt?: true;
}

/** The column that keeps when a message came into a state. */
export type Stamp =
  `${'sent' | 'delivered' | 'bounced' | 'complained' | 'suppressed' | 'failed' | 'unknown' | 'cancelled'}_at`;
type Column = 'dueAt' | 'lease' | 'reason' | 'failedAt';

const nothing = [] as const;
const done = ['dueAt', 'lease'] as const;

/**
 * Every way in which a message's state changes. Facts reported by a provider outrank what we believed, and among facts
 * a later stage outranks an earlier one, so that any order of arrival ends in the same state.
 */
export const transitions = {
  // Work of our own.
  claim: { from: ['queued'], to: 'sending', clears: nothing, takes: ['dueAt', 'lease'], startsAttempt: true },
  // A late answer to an attempt already given up as unknown is still the answer.
  send: {
    from: ['sending', 'unknown'],
    to: 'sent',
    stamp: 'sent_at',
    clears: ['dueAt', 'lease', 'reason'],
    takes: nothing,
    fence: 'lease',
    unfenced: 'unknown',
  },
  defer: { from: ['sending'], to: 'queued', clears: ['lease'], takes: ['dueAt', 'reason'], fence: 'lease' },
  suppress: {
    from: ['sending'],
    to: 'suppressed',
    stamp: 'suppressed_at',
    clears: done,
    takes: ['reason'],
    fence: 'lease',
  },
  fail: {
    from: ['sending'],
    to: 'failed',
    stamp: 'failed_at',
    clears: done,
    takes: ['reason'],
    fence: 'lease',
  },
  loseAnswer: {
    from: ['sending'],
    to: 'unknown',
    stamp: 'unknown_at',
    clears: ['lease'],
    takes: ['dueAt', 'reason'],
    fence: 'lease',
  },

  // A lease that ran out: the process that finds it has locked the row. Without a hand-over it is queued again at once.
  expireUnsent: { from: ['sending'], to: 'queued', clears: ['lease'], takes: ['dueAt'] },
  expireHandedOver: {
    from: ['sending'],
    to: 'unknown',
    stamp: 'unknown_at',
    clears: ['lease'],
    takes: ['dueAt', 'reason'],
  },

  // An unknown whose provider was asked. It may have been queued again meanwhile, but no further attempt begun.
  confirm: {
    from: ['unknown', 'queued'],
    to: 'sent',
    stamp: 'sent_at',
    clears: ['dueAt', 'lease', 'reason'],
    takes: nothing,
    fence: 'attempt',
    unfenced: 'unknown',
  },
  requeue: {
    from: ['unknown'],
    to: 'queued',
    clears: ['lease'],
    takes: ['dueAt', 'reason'],
    fence: 'attempt',
  },
  giveUp: {
    from: ['unknown'],
    to: 'failed',
    stamp: 'failed_at',
    clears: done,
    takes: ['reason'],
    fence: 'attempt',
  },

  // A campaign is paused, resumed or cancelled: its waiting messages, and those that were claimed just before.
  hold: { from: ['queued'], to: 'held', clears: ['dueAt'], takes: nothing },
  release: { from: ['held'], to: 'queued', clears: nothing, takes: ['dueAt'] },
  holdClaimed: { from: ['sending'], to: 'held', clears: done, takes: nothing, fence: 'lease' },
  cancelClaimed: {
    from: ['sending'],
    to: 'cancelled',
    stamp: 'cancelled_at',
    clears: done,
    takes: nothing,
    fence: 'lease',
  },
  returnClaimed: { from: ['sending'], to: 'queued', clears: ['lease'], takes: ['dueAt'], fence: 'lease' },

  // People.
  cancel: {
    from: ['queued', 'held'],
    to: 'cancelled',
    stamp: 'cancelled_at',
    clears: ['dueAt'],
    takes: nothing,
  },
  reschedule: { from: ['queued'], to: 'queued', clears: nothing, takes: ['dueAt'] },
  retry: {
    from: ['failed', 'suppressed', 'cancelled', 'unknown'],
    to: 'queued',
    // A refusal of the next attempt is dated by itself.
    clears: ['lease', 'reason', 'failedAt'],
    takes: ['dueAt'],
  },

  // Facts that a provider reported; `refuse` is a refusal that follows its acceptance.
  refuse: {
    from: ['sending', 'unknown', 'sent'],
    to: 'failed',
    stamp: 'failed_at',
    clears: done,
    takes: ['reason'],
  },
  deliver: {
    from: ['queued', 'sending', 'unknown', 'sent', 'failed', 'suppressed', 'held', 'cancelled'],
    to: 'delivered',
    stamp: 'delivered_at',
    clears: done,
    takes: ['reason'],
  },
  bounce: {
    from: ['queued', 'sending', 'unknown', 'sent', 'failed', 'suppressed', 'held', 'cancelled', 'delivered'],
    to: 'bounced',
    stamp: 'bounced_at',
    clears: done,
    takes: ['reason'],
  },
  complain: {
    from: [
      'queued',
      'sending',
      'unknown',
      'sent',
      'failed',
      'suppressed',
      'held',
      'cancelled',
      'delivered',
      'bounced',
    ],
    to: 'complained',
    stamp: 'complained_at',
    clears: done,
    takes: ['reason'],
  },
} as const satisfies Record<string, Transition>;

/** Transitions by which a provider's facts reach a message; see `reported.ts`. */
export type ReportedTransition = 'refuse' | 'deliver' | 'bounce' | 'complain';

/** The name of a row of {@link transitions}. */
export type TransitionName = keyof typeof transitions;

/**
 * True when settled messages become open again. The roll-up itself counts hours with open messages again, and
 * those of reported events; these it has to be told.
 */
export function reopens({ from, to }: Transition): boolean {
  return isOpen(to) && from.some(state => !isOpen(state));
}

function isOpen(state: MessageState): boolean {
  return (openStates as readonly MessageState[]).includes(state);
}
