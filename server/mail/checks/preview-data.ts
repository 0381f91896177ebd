import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { addressKey } from '../rules/address.ts';
import type { TemplateContent } from '../rules/template.ts';
import { loadClaimed } from '../store/load.ts';
import { newestMessageTo, templateOfMessage } from '../store/template-messages.ts';
import { createPreviewCases } from './cases.ts';

/** Which data to show a template with; the sample when nothing is said, and the first that is said counts. */
export interface DataChoice {
  data?: Record<string, unknown>;
  /** A saved case, or a generated one. */
  caseId?: string;
  /** What a message of this template was sent with, as long as its content is not purged. */
  messageId?: string;
  /** What the latest message of this template to an address was sent with. */
  recipient?: string;
}

/** Data, and the locale that belongs to it. */
export interface ChosenData {
  data: Record<string, unknown>;
  locale: string | null;
}

/** Finds the data. Throws `invalid-input` when the case or message is not there, or not any more. */
export async function chooseData(
  context: MailContext,
  content: TemplateContent,
  { data, caseId, messageId, recipient }: DataChoice,
): Promise<ChosenData> {
  if (data) return { data, locale: null };
  if (caseId) return ofCase(context, content, caseId);
  if (messageId) return ofMessage(context, content, messageId);
  if (recipient) {
    const newest = await newestMessageTo(context.db, content.key, addressKey(recipient.trim()));
    return ofMessage(context, content, newest);
  }
  return { data: content.sample, locale: null };
}

async function ofCase(context: MailContext, content: TemplateContent, id: string): Promise<ChosenData> {
  const found = (await createPreviewCases(context).list(content)).find(one => one.id === id);
  if (!found) throw new MailError('invalid-input', 'This case is not there any more.', 'caseId');
  return found;
}

async function ofMessage(
  { db }: MailContext,
  content: TemplateContent,
  id: string | null,
): Promise<ChosenData> {
  // Another template's data is not this editor's to see.
  const isOurs = id !== null && (await templateOfMessage(db, id)) === content.key;
  const [message] = isOurs ? await loadClaimed(db, [{ messageId: id, lease: '' }]) : [];
  if (!message || message.purged) {
    throw new MailError(
      'invalid-input',
      'There is no such message of this template whose data is still kept.',
      'messageId',
    );
  }
  return { data: message.content.data, locale: message.locale };
}
