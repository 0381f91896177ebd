import type { Campaign, Mail } from '../../mail/index.ts';
import type { Role } from '../person.ts';

/** Something that can be done with a campaign. */
export interface Deed {
  path: 'launch' | 'pause' | 'resume' | 'cancel' | 'retry' | 'clear';
  label: string;
  /** Least role that may. */
  role: Role;
  from: readonly Campaign['state'][];
  danger: boolean;
  /** What to ask before it is done; null when it is done at once. */
  question: string | null;
  /** Does it; the line that says so. Throws a MailError when it cannot be. */
  run: (mail: Mail, id: string, by: string) => Promise<string>;
}

/** Everything that can be done with a campaign. Pausing is for every editor: it is how to stop a mistake. */
export const deeds: readonly Deed[] = [
  {
    path: 'launch',
    label: 'Launch',
    role: 'publisher',
    from: ['draft'],
    danger: false,
    question: 'From now on the audience is fixed, and mail that has left cannot be taken back.',
    async run(mail, id, by) {
      const { sendAt } = await mail.campaigns.launch(id, { by });
      return sendAt && sendAt > new Date()
        ? 'Scheduled. It goes out by itself at its time.'
        : 'Launched. It is on its way.';
    },
  },
  {
    path: 'pause',
    label: 'Pause',
    role: 'editor',
    from: ['scheduled', 'expanding', 'sending'],
    danger: false,
    question: null,
    async run(mail, id, by) {
      await mail.campaigns.pause(id, { by });
      return 'Paused. What is on the wire still goes out, the rest waits.';
    },
  },
  {
    path: 'resume',
    label: 'Resume',
    role: 'publisher',
    from: ['paused'],
    danger: false,
    question: null,
    async run(mail, id, by) {
      await mail.campaigns.resume(id, { by });
      return 'Resumed.';
    },
  },
  {
    path: 'retry',
    label: 'Retry what failed',
    role: 'publisher',
    from: ['sending', 'done'],
    danger: false,
    question: null,
    async run(mail, id, by) {
      const count = await mail.campaigns.retryFailed(id, { by });
      return count === 0 ? 'Nothing had failed.' : `Failed messages back in the queue: ${count}.`;
    },
  },
  {
    path: 'clear',
    label: 'Empty the audience',
    role: 'editor',
    from: ['draft'],
    danger: true,
    question: 'All recipients of this draft are taken out. Then the list can be added again.',
    async run(mail, id, by) {
      return `Recipients taken out: ${await mail.campaigns.removeRecipients(id, { by })}.`;
    },
  },
  {
    path: 'cancel',
    label: 'Cancel',
    role: 'publisher',
    from: ['draft', 'scheduled', 'expanding', 'sending', 'paused'],
    danger: true,
    question: 'It ends for good. What waits is never sent; what has left stays sent.',
    async run(mail, id, by) {
      await mail.campaigns.cancel(id, { by });
      return 'Cancelled.';
    },
  },
];

/** What can be done in its state; emptying and launching take an audience, trying again takes failures. */
export function deedsFor(
  { state }: Pick<Campaign, 'state'>,
  { audience, failed }: { audience: number; failed: number },
): Deed[] {
  return deeds.filter(({ path, from }) => {
    if ((path === 'clear' || path === 'launch') && audience === 0) return false;
    if (path === 'retry' && failed === 0) return false;
    return from.includes(state);
  });
}
