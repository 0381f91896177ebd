import { MailError } from '../error.ts';
import { type MessageState, transitions } from './states.ts';

/** What a person may do to a message. */
export type MessageAction = 'cancel' | 'reschedule' | 'retry' | 'resend';

/** What decides whether an action is possible. */
export interface ActionFacts {
  now: Date;
  state: MessageState;
  expiresAt: Date | null;
  /** Its content is gone. */
  purged: boolean;
  campaignState: string | null;
  /** Nobody but the recipient may read it. */
  confidential: boolean;
}

/** Why an action is not possible; null when it is. */
const refusals: Record<MessageAction, (facts: ActionFacts) => MailError | null> = {
  cancel: ({ state }) => (leaves('cancel', state) ? null : wrongState(state, 'cancelled')),

  reschedule: ({ state, campaignState }) => {
    if (campaignState !== null) {
      const text = 'It belongs to a campaign: its time is the campaign’s.';
      return new MailError('wrong-state', text, 'campaign');
    }
    return leaves('reschedule', state) ? null : wrongState(state, 'rescheduled');
  },

  retry({ now, state, expiresAt, purged, campaignState }) {
    if (purged) return contentPurged();
    if (expiresAt && expiresAt <= now) {
      return new MailError('wrong-state', 'It has expired. A copy of it does not expire.', 'expiresAt');
    }
    if (campaignState === 'cancelled') {
      const text = 'Its campaign was cancelled. A copy of it does not belong to the campaign.';
      return new MailError('wrong-state', text, 'campaign');
    }
    return leaves('retry', state) ? null : wrongState(state, 'retried');
  },

  resend({ state, purged, confidential }) {
    if (confidential) {
      const text = 'Only its recipient may read it, and what it says works once: ask for a new one instead.';
      return new MailError('confidential', text);
    }
    if (purged) return contentPurged();
    // Whatever still goes out would arrive twice.
    return ['queued', 'sending', 'held'].includes(state) ? wrongState(state, 'sent again yet') : null;
  },
};

/** The actions that are possible now. */
export function allowedActions(facts: ActionFacts): MessageAction[] {
  return (Object.keys(refusals) as MessageAction[]).filter(action => refusals[action](facts) === null);
}

/** Throws `wrong-state`, or `confidential`, when an action is not possible. */
export function requireAllowed(action: MessageAction, facts: ActionFacts): void {
  const refusal = refusals[action](facts);
  if (refusal) throw refusal;
}

/** The refusal of what a message's state does not allow. */
export function wrongState(state: MessageState, done: string): MailError {
  return new MailError('wrong-state', `A message that is ${state} cannot be ${done}.`, 'state');
}

function leaves(name: 'cancel' | 'reschedule' | 'retry', state: MessageState): boolean {
  return (transitions[name].from as readonly MessageState[]).includes(state);
}

function contentPurged(): MailError {
  return new MailError('wrong-state', 'Its content has been purged.', 'content');
}
