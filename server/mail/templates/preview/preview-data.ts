import { MailError } from '../../error.ts';
import { isTemplated, loadMessage, type TemplatedMessage } from '../../messages/load-store.ts';
import { confidentialMessages } from '../../messages/views-store.ts';
import { addressKey } from '../../shared/address.ts';
import type { TemplatesContext } from '../context.ts';
import type { TemplateContent } from '../language/template.ts';
import { newestMessageTo, templateOfMessage } from './messages-store.ts';
import { createSampleData } from './sample-data.ts';

/** Which data to show a template with; the sample when nothing is said, and the first that is said counts. */
export interface DataChoice {
  data?: Record<string, unknown>;
  /** Saved sample data, or generated. */
  sampleDataId?: string;
  /** What a message of this template was sent with, as {@link redactedForAdmins}, as long as its content is not purged. */
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
  'What messages of this template say is for their recipients alone: choose the sample, or other sample data.';

/**
 * Finds the data. Throws `invalid-input` when the sample data or message is not there, or not any more, and `confidential` when it is
 * the recipient's alone.
 */
export async function chooseData(
  context: TemplatesContext,
  content: TemplateContent,
  { data, sampleDataId, messageId, recipient }: DataChoice,
): Promise<ChosenData> {
  if (data) return { data, locale: null };
  if (sampleDataId) return ofSampleData(context, content, sampleDataId);
  if (messageId) return ofMessage(context, content, messageId);
  if (recipient) {
    const newest = await newestMessageTo(context.db, content.key, addressKey(recipient.trim()));
    if (newest && (await confidentialMessages(context.db, [newest])).has(newest))
      throw new MailError('confidential', forThemAlone, 'recipient');
    return ofMessage(context, content, newest);
  }
  return { data: content.sample, locale: null };
}

async function ofSampleData(
  context: TemplatesContext,
  content: TemplateContent,
  id: string,
): Promise<ChosenData> {
  const found = (await createSampleData(context).list(content)).find(one => one.id === id);
  if (!found) throw new MailError('invalid-input', 'This sample data no longer exists.', 'sampleDataId');
  return found;
}

async function ofMessage(
  context: TemplatesContext,
  content: TemplateContent,
  id: string | null,
): Promise<ChosenData> {
  // Another template's data is not this editor's to see.
  const isOurs = id !== null && (await templateOfMessage(context.db, id)) === content.key;
  const found = isOurs ? await loadMessage(context.db, id) : null;
  const [message] = await redactedForAdmins(context, found && isTemplated(found) ? [found] : []);
  if (!message || message.purged) {
    throw new MailError(
      'invalid-input',
      'There is no such message of this template whose data is still kept.',
      'messageId',
    );
  }
  return { data: message.content.data, locale: message.locale };
}

/** Messages as others may be shown them: of confidential ones, the sample of their version stands in for their data. */
export async function redactedForAdmins(
  { db, templates }: TemplatesContext,
  messages: readonly TemplatedMessage[],
): Promise<TemplatedMessage[]> {
  const confidential = await confidentialMessages(
    db,
    messages.map(({ id }) => id),
  );
  return Promise.all(
    messages.map(async message => {
      if (!confidential.has(message.id)) return message;
      const { content } = await templates.version(message.templateVersionId);
      return { ...message, content: { ...message.content, data: content.sample } };
    }),
  );
}
