import type { Mail, MessageDetails, MessageState } from '../../mail/index.ts';
import { may, type Permission } from '../permissions.ts';
import type { Person } from '../person.ts';

type Name = MessageDetails['allowed'][number];

/** Something that can be done with a message. */
export interface Action {
  /** Last part of the path it is posted to. */
  path: Name;
  label: string;
  hint: string;
  danger: boolean;
  /** Why it would not be sent all the same; null when nothing speaks against it. */
  stops: string | null;
}

/** How an action is offered, and what it does: the message to show afterwards and the text that confirms it. */
export interface ActionKind {
  permission: Permission;
  label: string;
  hint(state: MessageState): string;
  perform(mail: Mail, id: string, by: string): Promise<{ id: string; text: string }>;
}

const twice = 'The provider may already have it: the recipient may get it twice.';

/** Every action on a message. Performing one throws a MailError when it is not possible. */
export const actions: Record<Name, ActionKind> = {
  cancel: {
    permission: 'messages.cancel',
    label: 'Cancel',
    hint: () => 'Not sent yet. It will not be sent.',
    async perform(mail, id, by) {
      await mail.messages.cancel(id, { by });
      return { id, text: 'Cancelled. It will not be sent.' };
    },
  },
  reschedule: {
    permission: 'messages.send-now',
    label: 'Send now',
    hint: () => 'Does not wait for its time. Eligibility is checked all the same.',
    async perform(mail, id, by) {
      await mail.messages.reschedule(id, new Date(), { by });
      return { id, text: 'Due now. It will be sent within seconds.' };
    },
  },
  retry: {
    permission: 'messages.retry',
    label: 'Retry',
    hint: state =>
      state === 'unknown' ? twice : 'Sends the same message again. Eligibility is checked again.',
    async perform(mail, id, by) {
      await mail.messages.retry(id, { by });
      return { id, text: 'Queued again. It will be sent within seconds.' };
    },
  },
  resend: {
    permission: 'messages.resend',
    label: 'Send a copy',
    hint: state =>
      'Sends a new message with the same content to the same recipient. Eligibility is checked again. ' +
      (state === 'unknown' ? twice : 'Recorded in the audit log.'),
    async perform(mail, id, by) {
      const copy = await mail.messages.resend(id, { by });
      return { id: copy, text: 'The copy was accepted as this new message. It will be sent within seconds.' };
    },
  },
};

/** What this person may do and the module allows now; `stops` says why the message would not be sent. */
export function availableActions(
  person: Person,
  { state, allowed, dueAt }: MessageDetails,
  stops: string | null,
): Action[] {
  const waits = dueAt !== null && dueAt > new Date();
  const offered = allowed
    .filter(path => path !== 'reschedule' || waits)
    .filter(path => may(person, actions[path].permission));
  return offered.map(path => ({
    path,
    label: actions[path].label,
    hint: actions[path].hint(state),
    danger: path === 'cancel' || state === 'unknown',
    stops: path === 'cancel' ? null : stops,
  }));
}
