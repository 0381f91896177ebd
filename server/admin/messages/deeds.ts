import type { Mail, MessageView } from '../../mail/index.ts';
import type { Standing } from './standing.ts';

/** Something an editor can do with a message, with what to know before. */
export interface Deed {
  /** Last part of the path it is posted to. */
  path: 'resend' | 'cancel' | 'retry';
  label: string;
  hint: string;
  danger: boolean;
  /** Why it will not get to the recipient all the same; null when nothing is known against it. */
  stops: string | null;
}

const retryable: ReadonlySet<string> = new Set(['failed', 'suppressed', 'cancelled', 'unknown']);

/** What can be done with a message in its state. The module decides again when it is done. */
export function whatCanBeDone(
  { state, expiresAt }: MessageView,
  { rendered, secret }: { rendered: object | null; secret: string | null },
  { stops }: Pick<Standing, 'stops'>,
): Deed[] {
  const deeds: Deed[] = [];
  if (state === 'queued' || state === 'held') {
    deeds.push({
      path: 'cancel',
      label: 'Cancel',
      hint: 'It has not left yet; it never will.',
      danger: true,
      stops: null,
    });
  }
  const hasExpired = expiresAt !== null && expiresAt <= new Date();
  if (retryable.has(state) && (rendered || secret) && !hasExpired) {
    const hint = state === 'unknown' ? twice : 'The same message again; the recipient is judged anew.';
    deeds.push({ path: 'retry', label: 'Try again', hint, danger: state === 'unknown', stops });
  }
  if (rendered && state !== 'queued' && state !== 'sending' && state !== 'held') {
    deeds.push({
      path: 'resend',
      label: 'Send a copy',
      hint: `A new message with the same content to the same recipient, who is judged anew. ${
        state === 'unknown' ? twice : 'The audit log names you.'
      }`,
      danger: state === 'unknown',
      stops,
    });
  }
  return deeds;
}

const twice = 'Postmark may have it already: the recipient may get it twice.';

/** What each does: where its result is to be seen, and the line that says so. Throws a MailError when it cannot be. */
export const deeds: Record<
  Deed['path'],
  (mail: Mail, id: string, by: string) => Promise<{ id: string; text: string }>
> = {
  async resend(mail, id, by) {
    const copy = await mail.messages.resend(id, { by });
    return { id: copy, text: 'The copy was accepted as this new message. It goes out within seconds.' };
  },
  async cancel(mail, id, by) {
    await mail.messages.cancel(id, { by });
    return { id, text: 'Cancelled. It will not be sent.' };
  },
  async retry(mail, id, by) {
    await mail.messages.retry(id, { by });
    return { id, text: 'Back in the queue. It is tried again within seconds.' };
  },
};
