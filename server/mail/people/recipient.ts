import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { topicOf } from '../routing/mail-kind.ts';
import { senderOf } from '../routing/policy.ts';
import type { LinkRecipient } from './consent-api.ts';
import type { ConsentRecords, LinkedMessage } from './consent-records.ts';
import { readSignedToken } from './signed-links.ts';
import { topicInWords } from './topics.ts';

/** See `Consents.recipientOf`. */
export async function findRecipient(
  context: MailContext,
  records: ConsentRecords,
  { token, locale }: { token: string; locale: string | null },
): Promise<LinkRecipient | null> {
  const id = readSignedToken(context.links, 'recipient', token);
  const message = id === null ? null : await records.message(id);
  // Of a person who was erased there is no address.
  if (!message?.address.includes('@')) return null;
  const topic = topicOf(context, message);
  return {
    messageId: message.id,
    address: message.address,
    topic: topic === null ? null : await topicInWords(context, topic, locale ?? message.locale),
    locale: message.locale,
    brand: await brandOf(context, message),
  };
}

/** The brand of the mail itself, else of the configuration as it is now. */
async function brandOf(context: MailContext, message: LinkedMessage): Promise<LinkRecipient['brand']> {
  const { policy, values } = context.brands.find(message.brand) ?? context.brands.standard;
  const { name, colour } = await valuesIn(context, message, values);
  const from = senderOf(policy, message.category);
  return {
    name: name || from.name || from.email,
    colour: colour && isColour.test(colour) ? colour : null,
  };
}

const isColour = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i;

/** The values of the template's brand with these in their place: as its version is compiled for sending. */
async function valuesIn(
  { templates }: MailContext,
  { templateVersionId }: LinkedMessage,
  values: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  if (templateVersionId === null) return values;
  try {
    return (await templates.version(templateVersionId, values)).content.brand;
  } catch (error) {
    // A version that can no longer be used had a brand that is no longer used either.
    if (error instanceof MailError) return values;
    throw error;
  }
}
