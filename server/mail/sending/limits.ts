import { MailError } from '../error.ts';
import type { Limits } from '../providers/limits.ts';

/** True when a provider would refuse a file of this name. */
export function isForbiddenAttachment({ forbiddenExtensions }: Limits, fileName: string): boolean {
  // A trailing dot or space is dropped by some systems, which would bring the extension back.
  const name = fileName.replace(/(?<![. ])[. ]+$/, '');
  const dot = name.lastIndexOf('.');
  return dot !== -1 && forbiddenExtensions.includes(name.slice(dot + 1).toLowerCase());
}

/** Throws `too-large` when a rendered message breaks a size limit; attachments count after base64. */
export function checkSize(
  limits: Limits,
  rendered: { subject: string; html: string; text: string },
  attachmentBytes: readonly number[],
): void {
  const html = Buffer.byteLength(rendered.html);
  const text = Buffer.byteLength(rendered.text);
  if (html > limits.bodyBytes) throw tooLarge('html', 'The rendered HTML', limits.bodyBytes);
  if (text > limits.bodyBytes) throw tooLarge('text', 'The rendered text', limits.bodyBytes);
  const attached = attachmentBytes.reduce((sum, size) => sum + 4 * Math.ceil(size / 3), 0);
  if (html + text + attached > limits.messageBytes) {
    throw tooLarge('attachments', 'The message with its attachments', limits.messageBytes);
  }
  if (rendered.subject.length > limits.subject) {
    throw new MailError(
      'too-large',
      `The rendered subject is longer than ${limits.subject} characters.`,
      'subject',
    );
  }
}

function tooLarge(field: string, what: string, bytes: number): MailError {
  return new MailError('too-large', `${what} is larger than ${bytes / 1024 / 1024} MB.`, field);
}
