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

/**
 * The transitions and the states each may leave. Facts reported by the provider outrank what we believed, and
 * among facts a later stage outranks an earlier one, so that any order of arrival ends in the same state.
 */
export const transitions = {
  // A late answer to an attempt already given up as unknown is still the answer.
  send: ['sending', 'unknown'],
  requeue: ['unknown'],
  hold: ['queued'],
  release: ['held'],
  cancel: ['queued', 'held'],
  retry: ['failed', 'suppressed', 'cancelled', 'unknown'],
  refuse: ['sending', 'unknown', 'sent'],
  deliver: ['queued', 'sending', 'unknown', 'sent', 'failed', 'suppressed', 'held', 'cancelled'],
  bounce: ['queued', 'sending', 'unknown', 'sent', 'failed', 'suppressed', 'held', 'cancelled', 'delivered'],
  complain: [
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
} as const satisfies Record<string, readonly MessageState[]>;
