import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { readFiles } from '../messages/attachments-store.ts';
import { renderComposed } from '../messages/composed.ts';
import { type AttachmentFile, type Envelope, envelopeOf } from '../providers/transport.ts';
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
  const { db, now, templates, providers } = context;
  const files = await readFiles(
    db,
    loaded.filter(one => one.hasAttachments).map(one => one.claim.messageId),
  );
  const failed: DeliveryResult[] = [];
  const jobs: Job[] = [];
  for (const message of loaded) {
    const template = await templateOf(templates, message);
    try {
      if (message.unreadable) throw new Error(message.unreadable);
      if (message.purged) throw new Error('its content was purged');
      const unsubscribe = providers.unsubscribePlaceholder(message.transport);
      const rendered = renderOne(message, template, unsubscribe);
      jobs.push({
        message,
        envelope: toEnvelope(context, message, rendered, files.get(message.claim.messageId) ?? []),
      });
    } catch (error) {
      failed.push(
        skipped(message, { kind: 'failed', reason: `cannot be rendered: ${(error as Error).message}` }),
      );
    }
  }
  await recordResults(db, failed, now());
  return jobs;
}

/** Null for composed mail. A fault of the version fails its messages; one of the database is thrown. */
async function templateOf(
  templates: Templates,
  { templateVersionId }: MessageToSend,
): Promise<ReadyTemplate | MailError | null> {
  if (templateVersionId === null) return null;
  try {
    return await templates.version(templateVersionId);
  } catch (error) {
    if (error instanceof MailError) return error;
    throw error;
  }
}

function renderOne(
  { content, campaignId, locale }: MessageToSend,
  template: ReadyTemplate | MailError | null,
  unsubscribe: string,
): Rendered {
  if (template instanceof MailError) throw template;
  if (content.composed) return renderComposed(content.composed, { unsubscribe });
  if (!template) throw new Error('it has neither a template nor a content');
  const data = campaignId ? template.complete(content.data) : content.data;
  return template.render(data, { locale, unsubscribe });
}

function toEnvelope(
  { policy }: MailContext,
  { attemptId, stream, category, recipient, tag, content }: MessageToSend,
  rendered: Rendered,
  attachments: AttachmentFile[],
): Envelope {
  const { cc, bcc, replyTo, headers, metadata, to } = content;
  const [, ...copies] = to;
  const outside = {
    from: senderOf(policy, category),
    ...{ attemptId, stream, to: recipient, cc: [...copies, ...cc], bcc, replyTo },
    ...{ headers, metadata, attachments },
    ...(tag !== null && { tag }),
  };
  return envelopeOf(outside, rendered);
}
