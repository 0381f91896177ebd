import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { readFiles } from '../messages/attachments-store.ts';
import type { AttachmentFile, Envelope } from '../providers/transport.ts';
import { categoryPolicy } from '../routing/policy.ts';
import type { ReadyTemplate, Rendered, Templates } from '../templates/index.ts';
import type { MessageToSend } from './load.ts';
import { skipped } from './outcomes.ts';
import { type DeliveryResult, recordResults } from './results-store.ts';

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
    const template = await versionOf(templates, message.templateVersionId);
    try {
      if (message.purged) throw new Error('its content was purged');
      if (template instanceof MailError) throw template;
      const data = message.campaignId ? template.complete(message.content.data) : message.content.data;
      const unsubscribe = providers.unsubscribePlaceholder(message.transport);
      const rendered = template.render(data, { locale: message.locale, unsubscribe });
      jobs.push({
        message,
        envelope: envelope(context, message, rendered, files.get(message.claim.messageId) ?? []),
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

/** A fault of the version fails its messages; one of the database is thrown. */
async function versionOf(templates: Templates, id: number): Promise<ReadyTemplate | MailError> {
  try {
    return await templates.version(id);
  } catch (error) {
    if (error instanceof MailError) return error;
    throw error;
  }
}

function envelope(
  { policy }: MailContext,
  message: MessageToSend,
  rendered: Rendered,
  attachments: AttachmentFile[],
): Envelope {
  const { cc, bcc, replyTo, headers, metadata, to } = message.content;
  const [, ...copies] = to;
  return {
    attemptId: message.attemptId,
    stream: message.stream,
    from: categoryPolicy(policy, message.category).from ?? policy.from,
    to: message.recipient,
    cc: [...copies, ...cc],
    bcc,
    replyTo,
    ...rendered,
    headers,
    metadata,
    ...(message.tag === null ? {} : { tag: message.tag }),
    attachments,
  };
}
