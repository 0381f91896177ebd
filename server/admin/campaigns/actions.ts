import type { CampaignAction, CampaignDetails, Mail } from '../../mail/index.ts';
import { permissionTo } from '../approvals/kinds.ts';
import type { Permission } from '../permissions.ts';

/** Something that can be done with a campaign. */
export interface Action {
  path: 'launch' | 'pause' | 'resume' | 'cancel' | 'retry' | 'clear';
  label: string;
  permission: Permission;
  /** What the module calls it. */
  allowedAs: CampaignAction;
  danger: boolean;
  /** The consequence to confirm first; null when no confirmation is needed. */
  question: string | null;
  /** It asks for a second person, and is done when that approves it. */
  asks?: true;
  /** Performs it and returns the text that confirms it. Throws a MailError when it cannot be done. */
  run: (mail: Mail, id: string, by: string) => Promise<string>;
}

/** Everything that can be done with a campaign. Pausing is for every editor: it is how to stop a mistake. */
export const actions: readonly Action[] = [
  {
    path: 'launch',
    allowedAs: 'launch',
    label: 'Launch',
    permission: 'campaigns.launch',
    danger: false,
    question: 'The audience is then final, and messages that have been sent cannot be recalled.',
    async run(mail, id, by) {
      const { sendAt } = await mail.campaigns.launch(id, { by });
      return sendAt && sendAt > new Date()
        ? 'Scheduled. It will be sent automatically.'
        : 'Launched. Sending has started.';
    },
  },
  {
    path: 'pause',
    allowedAs: 'pause',
    label: 'Pause',
    permission: 'campaigns.pause',
    danger: false,
    question: null,
    async run(mail, id, by) {
      await mail.campaigns.pause(id, { by });
      return 'Paused. Messages already being sent will go out; the rest are held.';
    },
  },
  {
    path: 'resume',
    allowedAs: 'resume',
    label: 'Resume',
    permission: 'campaigns.resume',
    danger: false,
    question: null,
    async run(mail, id, by) {
      await mail.campaigns.resume(id, { by });
      return 'Resumed.';
    },
  },
  {
    path: 'retry',
    allowedAs: 'retryFailed',
    label: 'Retry failed messages',
    permission: 'campaigns.retry',
    danger: false,
    question: null,
    async run(mail, id, by) {
      const count = await mail.campaigns.retryFailed(id, { by });
      return count === 0 ? 'No messages had failed.' : `Failed messages queued again: ${count}.`;
    },
  },
  {
    path: 'clear',
    allowedAs: 'removeRecipients',
    label: 'Empty the audience',
    permission: 'campaigns.edit',
    danger: true,
    question: 'Removes all recipients of this draft, so that the list can be added again.',
    async run(mail, id, by) {
      return `Recipients removed: ${await mail.campaigns.removeRecipients(id, { by })}.`;
    },
  },
  {
    path: 'cancel',
    allowedAs: 'cancel',
    label: 'Cancel',
    permission: 'campaigns.cancel',
    danger: true,
    question: 'The campaign ends for good. Messages that have not been sent yet will not be sent.',
    async run(mail, id, by) {
      await mail.campaigns.cancel(id, { by });
      return 'Cancelled.';
    },
  },
];

/** The same, where launching may take a second person: then it is asked for. */
export function actionsFor(mail: Mail): readonly Action[] {
  if (!mail.approvals.actions.includes('campaigns.launch')) return actions;
  return actions.map(action => (action.path === 'launch' ? asking(mail, action) : action));
}

function asking(mail: Mail, action: Action): Action {
  return {
    ...action,
    asks: true,
    label: 'Ask for approval',
    permission: permissionTo(mail, 'campaigns.launch'),
    question:
      'Somebody who prepared neither the campaign nor its recipients has to approve it. Then the audience is final, and ' +
      'messages that have been sent cannot be recalled.',
  };
}

/** What the module allows now; emptying and launching need an audience, retrying needs failures. */
export function availableActions(
  mail: Mail,
  { allowed }: CampaignDetails,
  { audience, failed }: { audience: number; failed: number },
): Action[] {
  return actionsFor(mail).filter(({ path, allowedAs }) => {
    if ((path === 'clear' || path === 'launch') && audience === 0) return false;
    if (path === 'retry' && failed === 0) return false;
    return allowed.includes(allowedAs);
  });
}
