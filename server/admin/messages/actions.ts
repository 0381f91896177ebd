import type { Mail, MessageView } from '../../mail/index.ts';
import type { EligibilityPreview } from './eligibility-preview.ts';

/** Something an editor can do with a message. */
export interface Action {
  /** Last part of the path it is posted to. */
  path: 'resend' | 'cancel' | 'retry';
  label: string;
  hint: string;
  danger: boolean;
  /** Why it would not be sent all the same; null when nothing speaks against it. */
  stops: string | null;
}

const retryable: ReadonlySet<string> = new Set(['failed', 'suppressed', 'cancelled', 'unknown']);

/** What can be done with a message in its state. The module decides again when it is done. */
export function availableActions(
  { state, expiresAt }: MessageView,
  { rendered, confidential }: { rendered: object | null; confidential: string | null },
  { stops }: Pick<EligibilityPreview, 'stops'>,
): Action[] {
  const actions: Action[] = [];
  if (state === 'queued' || state === 'held') {
    actions.push({
      path: 'cancel',
      label: 'Cancel',
      hint: 'Not sent yet. It will not be sent.',
      danger: true,
      stops: null,
    });
  }
  const hasExpired = expiresAt !== null && expiresAt <= new Date();
  if (retryable.has(state) && (rendered || confidential) && !hasExpired) {
    const hint = state === 'unknown' ? twice : 'Sends the same message again. Eligibility is checked again.';
    actions.push({ path: 'retry', label: 'Retry', hint, danger: state === 'unknown', stops });
  }
  if (rendered && state !== 'queued' && state !== 'sending' && state !== 'held') {
    actions.push({
      path: 'resend',
      label: 'Send a copy',
      hint: `Sends a new message with the same content to the same recipient. Eligibility is checked again. ${
        state === 'unknown' ? twice : 'Recorded in the audit log.'
      }`,
      danger: state === 'unknown',
      stops,
    });
  }
  return actions;
}

const twice = 'The provider may already have it: the recipient may get it twice.';

/** What each action does: the message to show afterwards and the text that confirms it. Throws a MailError. */
export const performers: Record<
  Action['path'],
  (mail: Mail, id: string, by: string) => Promise<{ id: string; text: string }>
> = {
  async resend(mail, id, by) {
    const copy = await mail.messages.resend(id, { by });
    return { id: copy, text: 'The copy was accepted as this new message. It will be sent within seconds.' };
  },
  async cancel(mail, id, by) {
    await mail.messages.cancel(id, { by });
    return { id, text: 'Cancelled. It will not be sent.' };
  },
  async retry(mail, id, by) {
    await mail.messages.retry(id, { by });
    return { id, text: 'Queued again. It will be sent within seconds.' };
  },
};
