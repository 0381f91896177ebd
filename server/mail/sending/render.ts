import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { readFiles } from '../messages/attachments-store.ts';
import { renderComposed } from '../messages/composed.ts';
import type { StoredMessage } from '../messages/load-store.ts';
import { type AttachmentFile, type Envelope, envelopeOf } from '../providers/transport.ts';
import { type MailLinks, type SentLinks, sentLinks } from '../routing/mail-links.ts';
import { senderOf } from '../routing/policy.ts';
import type { ReadyTemplate, Rendered, Templates } from '../templates/index.ts';
import type { MessageToSend } from './claims-store.ts';
import { type DeliveryResult, recordResults, skipped } from './results-store.ts';

/** A message and what a transport gets of it. */
export interface Job {
  message: MessageToSend;
  envelope: Envelope;
}

/** Renders each message from its pinned version; one that cannot be rendered fails alone. */
export async function renderAll(context: MailContext, loaded: readonly MessageToSend[]): Promise<Job[]> {
  const { db, now, templates } = context;
  const files = await readFiles(
    db,
    loaded.filter(one => one.hasAttachments).map(one => one.claim.messageId),
  );
  const failed: DeliveryResult[] = [];
  const jobs: Job[] = [];
  for (const message of loaded) {
    const template = await templateOf(templates, message);
    try {
      const attachments = files.get(message.claim.messageId) ?? [];
      jobs.push({ message, envelope: envelopeFor(context, message, template, attachments) });
    } catch (error) {
      failed.push(
        skipped(message, { kind: 'failed', reason: `cannot be rendered: ${(error as Error).message}` }),
      );
    }
  }
  await recordResults(db, failed, now());
  return jobs;
}

/** What a transport gets of a message. Throws when it cannot be rendered. */
export function envelopeFor(
  context: MailContext,
  message: StoredMessage,
  template: ReadyTemplate | MailError | null,
  attachments: AttachmentFile[],
): Envelope {
  if (message.unreadable) throw new Error(message.unreadable);
  if (message.purged) throw new Error('its content was purged');
  const links = sentLinks(context, message);
  const rendered = renderOne(message, template, links);
  const isTemplateConfidential = template && 'content' in template && template.content.confidential === true;
  const isConfidential = message.confidential === 1 || isTemplateConfidential === true;
  return {
    ...toEnvelope(context, message, rendered, { attachments, links }),
    ...(isConfidential && { isConfidential }),
  };
}

/** Null for composed mail. A fault of the version fails its messages; one of the database is thrown. */
export async function templateOf(
  templates: Templates,
  { templateVersionId, content: { branding } }: StoredMessage,
): Promise<ReadyTemplate | MailError | null> {
  if (templateVersionId === null) return null;
  try {
    return await templates.version(templateVersionId, branding?.values);
  } catch (error) {
    if (error instanceof MailError) return error;
    throw error;
  }
}

function renderOne(
  { content, campaignId, locale }: StoredMessage,
  template: ReadyTemplate | MailError | null,
  { unsubscribe, preferences }: MailLinks,
): Rendered {
  if (template instanceof MailError) throw template;
  if (content.composed) return renderComposed(content.composed, { unsubscribe, preferences });
  if (!template) throw new Error('it has neither a template nor a content');
  const data = campaignId ? template.complete(content.data) : content.data;
  return template.render(data, { locale, unsubscribe, preferences });
}

function toEnvelope(
  { policy }: MailContext,
  { attemptId, stream, category, recipient, tag, content }: StoredMessage,
  rendered: Rendered,
  { attachments, links }: { attachments: AttachmentFile[]; links: SentLinks },
): Envelope {
  const { cc, bcc, replyTo, headers, metadata, to, branding } = content;
  const [, ...copies] = to;
  const outside = {
    // Those accepted by the release before are pinned to no sender.
    from: branding?.from ?? senderOf(policy, category),
    ...{ attemptId, stream, to: recipient, cc: [...copies, ...cc], bcc, replyTo },
    headers: { ...headers, ...links.headers },
    ...{ metadata, attachments, ownLinks: links.own },
    ...(tag !== null && { tag }),
  };
  return envelopeOf(outside, rendered);
}
