import type { MailContext } from '../../context.ts';
import { MailError } from '../../error.ts';
import { confidential, isConfidential } from '../../messages/confidentiality.ts';
import { loadMessage } from '../../messages/load-store.ts';
import { addressKey } from '../../shared/address.ts';
import type { TemplateContent } from '../language/template.ts';
import { createPreviewCases } from './cases.ts';
import { newestMessageTo, templateOfMessage } from './messages-store.ts';
import { showable } from './showable.ts';

/** Which data to show a template with; the sample when nothing is said, and the first that is said counts. */
export interface DataChoice {
  data?: Record<string, unknown>;
  /** A saved case, or a generated one. */
  caseId?: string;
  /** What a message of this template was sent with, as {@link showable}, as long as its content is not purged. */
  messageId?: string;
  /** What the latest message of this template to an address was sent with, unless that is for it alone. */
  recipient?: string;
}

/** Data, and the locale that belongs to it. */
export interface ChosenData {
  data: Record<string, unknown>;
  locale: string | null;
}

const forThemAlone =
  'What messages of this template say is for their recipients alone: choose the sample or a case.';

/**
 * Finds the data. Throws `invalid-input` when the case or message is not there, or not any more, and `confidential` when it is
 * the recipient's alone.
 */
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
    if (newest && (await isConfidential(context, newest))) throw confidential(forThemAlone, 'recipient');
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
  context: MailContext,
  content: TemplateContent,
  id: string | null,
): Promise<ChosenData> {
  // Another template's data is not this editor's to see.
  const isOurs = id !== null && (await templateOfMessage(context.db, id)) === content.key;
  const found = isOurs ? await loadMessage(context.db, id) : null;
  const [message] = await showable(context, found ? [found] : []);
  if (!message || message.purged) {
    throw new MailError(
      'invalid-input',
      'There is no such message of this template whose data is still kept.',
      'messageId',
    );
  }
  return { data: message.content.data, locale: message.locale };
}
