/** What can be made to take a second person. */
export const secondPersonActions = ['templates.publish', 'campaigns.launch', 'users.role'] as const;

/** One of {@link secondPersonActions}. */
export type SecondPersonAction = (typeof secondPersonActions)[number];

/** The states of a request; all but `requested` are final. */
export const approvalStates = [
  'requested',
  'approved',
  'declined',
  'withdrawn',
  // Nobody decided in time.
  'expired',
  // What it was asked for has changed since.
  'outdated',
] as const;

/** See {@link approvalStates}. */
export type ApprovalState = (typeof approvalStates)[number];

/** How a request is closed, and how the audit log calls it. */
export const approvalTransitions = {
  approve: { to: 'approved', action: 'approval.approve' },
  decline: { to: 'declined', action: 'approval.decline' },
  withdraw: { to: 'withdrawn', action: 'approval.withdraw' },
  expire: { to: 'expired', action: 'approval.expire' },
  outdate: { to: 'outdated', action: 'approval.outdate' },
} as const satisfies Record<string, { to: Exclude<ApprovalState, 'requested'>; action: string }>;

/** The name of a row of {@link approvalTransitions}. */
export type ApprovalTransition = keyof typeof approvalTransitions;

/** The actions that take a second person: what the setting says, `true` for all and nothing for none. */
export function actionsOf(
  setting: boolean | readonly SecondPersonAction[] | undefined,
): readonly SecondPersonAction[] {
  if (setting === true) return secondPersonActions;
  return secondPersonActions.filter(action => (setting || []).includes(action));
}
