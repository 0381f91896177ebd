import pLimit from 'p-limit';
import { isTemplated, loadMessage, loadMessages, type TemplatedMessage } from '../../messages/load-store.ts';
import { shownLinks } from '../../routing/mail-links.ts';
import type { TemplatesContext } from '../context.ts';
import type { Rendered } from '../language/render.ts';
import { type TemplateContent, withBrandValues } from '../language/template.ts';
import { renderStored } from '../templates.ts';
import { newestMessages } from './messages-store.ts';
import { redactedForAdmins } from './preview-data.ts';
import { workLimits } from './render-pool.ts';
import { type Comparison, failure } from './tasks/compare.ts';

/**
 * What a replay found: failures first, then differences, those that show most before others, then what stays the same;
 * of equals the newest first.
 */
export interface Replay {
  results: ReplayResult[];
  /** Messages that there was no time for. */
  skipped: number;
  /** True where samples stood in for data that is for recipients alone; then one message of each kind is enough. */
  sampled: boolean;
}

/** One message, rendered by the version it was sent with and by the candidate. */
export interface ReplayResult extends Comparison {
  messageId: string;
  /** Number of the version it was sent with. */
  version: number;
  locale: string | null;
}

/** How much to replay: of the newest `limit` messages, what fits into `timeMs`. */
export interface ReplayOptions {
  limit?: number;
  timeMs?: number;
  /** Ends the work when nobody waits for it any more. */
  signal?: AbortSignal;
}

/** Two at a time keeps both threads of the pool busy, and the line short for those who preview meanwhile. */
const parallel = 2;
/** For one message by two versions; a thread that runs out of it compiles both again. */
const oneTimeMs = 5_000;

/** Renders content with what the last messages of its template were sent with. Stores and logs nothing. */
export async function replay(
  context: TemplatesContext,
  content: TemplateContent,
  { limit = 50, timeMs = 30_000, signal }: ReplayOptions = {},
): Promise<Replay> {
  const recent = await recentMessages(context, content.key, Math.min(limit, 200));
  const messages = withoutRepetition(await redactedForAdmins(context, recent), recent);
  const endsAt = performance.now() + timeMs;
  const next = pLimit(parallel);
  const found = await Promise.all(
    messages.map(message =>
      next(() =>
        performance.now() < endsAt && !signal?.aborted ? compare(context, content, message, signal) : null,
      ),
    ),
  );
  const results = found.filter(result => result !== null);
  const sampled = messages.some(message => !recent.includes(message));
  return { results: worstFirst(results), skipped: found.length - results.length, sampled };
}

/** One side of a replay's picture: a message as it was sent, {@link redactedForAdmins}. Null once its content is purged. */
export async function replayedAsSent(context: TemplatesContext, id: string): Promise<Rendered | null> {
  const found = await loadMessage(context.db, id);
  const [message] = await redactedForAdmins(context, found && isTemplated(found) ? [found] : []);
  if (!message || message.purged) return null;
  const { templateVersionId, locale, content } = message;
  const links = shownLinks(context, message);
  return renderStored(context.templates, { templateVersionId, content }, { locale, ...links });
}

/** Samples are alike: of messages in whose place one stands, the newest of each version and locale. */
function withoutRepetition(
  shown: readonly TemplatedMessage[],
  recent: readonly TemplatedMessage[],
): TemplatedMessage[] {
  const kindOf = ({ templateVersionId, locale }: TemplatedMessage) => `${templateVersionId} ${locale}`;
  const firstOf = (message: TemplatedMessage) => shown.find(one => kindOf(one) === kindOf(message));
  return shown.filter(message => recent.includes(message) || firstOf(message) === message);
}

async function recentMessages(
  { db }: TemplatesContext,
  template: string,
  limit: number,
): Promise<TemplatedMessage[]> {
  // Some will have lost their content; twice as many are asked for, and no more: purged ones reach back for years.
  const ids = await newestMessages(db, template, 2 * limit);
  if (ids.length === 0) return [];
  const loaded = await loadMessages(db, ids);
  return loaded
    .filter(isTemplated)
    .filter(({ purged }) => !purged)
    .slice(0, limit);
}

async function compare(
  context: TemplatesContext,
  candidate: TemplateContent,
  message: TemplatedMessage,
  signal: AbortSignal | undefined,
): Promise<ReplayResult> {
  const { id: messageId, templateVersionId, locale, content: sent } = message;
  const { renderPool, templates } = context;
  const values = sent.branding?.values ?? {};
  const { version, content: sentWith } = await templates.version(templateVersionId, values);
  const content = withBrandValues(candidate, values);
  const { partBytes } = workLimits;
  const links = shownLinks(context, message);
  const job = { content, sentWith, data: sent.data, locale, ...links, partBytes };
  const outcome = await renderPool.run('compareWithSent', job, { timeMs: oneTimeMs, signal });
  return { messageId, version, locale, ...(outcome.ok ? outcome.value : failure(outcome.problem)) };
}

const ranks = { failure: 0, different: 1, same: 2 } as const;

function worstFirst(results: ReplayResult[]): ReplayResult[] {
  return results.sort((a, b) => ranks[a.kind] - ranks[b.kind] || b.share - a.share);
}
