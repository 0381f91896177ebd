import type { Knex } from 'knex';
import type { Db } from '../../../db/connect.ts';
import { oneByOne, type Trip } from '../../../db/together.ts';
import type { ProviderEvent } from '../providers/event.ts';

/** The message an event is about: by our id in its metadata, else by the provider's id. */
export async function findMessageOf(db: Knex, event: ProviderEvent): Promise<ReportedMessage | null> {
  const { messages } = await lookUp(oneByOne(db), [event], []);
  return messages[0] ?? null;
}

/** What is known when events come in. */
export interface KnownOfEvents {
  /** The message of each event. */
  messages: (ReportedMessage | null)[];
  /** Of the keys asked for, those of facts that are stored. */
  facts: Set<string>;
}

/** The messages of events, in their order, and which of these facts are stored: in one query, which every event waits for. */
export async function lookUp(
  read: Trip,
  events: readonly ProviderEvent[],
  factKeys: readonly string[],
): Promise<KnownOfEvents> {
  const ours = definedIds(events, ({ attemptId }) => attemptId);
  const theirs = definedIds(events, ({ attemptId, providerMessageId }) =>
    attemptId ? null : providerMessageId,
  );
  const parts = [
    ...(ours.length > 0 ? [{ sql: attemptsBy('id'), of: ours }] : []),
    ...(theirs.length > 0 ? [{ sql: attemptsBy('provider_message_id'), of: theirs }] : []),
    ...(factKeys.length > 0 ? [{ sql: factsSql, of: factKeys }] : []),
  ];
  if (parts.length === 0) return { messages: events.map(() => null), facts: new Set() };
  const sql = parts.map(part => part.sql).join(' UNION ALL ');
  const [rows] = (await read([{ sql, values: parts.map(({ of }) => [...of]) }])) as FoundRow[][];
  const found = {
    id: new Map<string, ReportedMessage>(),
    provider_message_id: new Map<string, ReportedMessage>(),
  };
  const facts = new Set<string>();
  for (const { what, found: key, latest, hasRun, ...message } of rows ?? []) {
    if (what === 'fact') facts.add(key);
    else found[what].set(key, { ...message, latest: Number(latest) === 1, hasRun: Number(hasRun) === 1 });
  }
  const messages = events.map(({ attemptId, providerMessageId }) =>
    attemptId
      ? (found.id.get(attemptId) ?? null)
      : (found.provider_message_id.get(providerMessageId ?? '') ?? null),
  );
  return { messages, facts };
}

type FoundRow = Omit<ReportedMessage, 'latest' | 'hasRun'> & {
  what: 'id' | 'provider_message_id' | 'fact';
  found: string;
  latest: number | string;
  hasRun: number | string;
};

const attemptsBy = (column: 'id' | 'provider_message_id') =>
  `SELECT '${column}' AS what, a.${column} AS found, m.id AS id, m.recipient AS recipient, a.stream AS stream,
     a.id AS attemptId, a.provider_message_id AS providerMessageId, a.number = m.attempt_count AS latest,
     f.address IS NOT NULL AS hasRun
   FROM postlane_attempts a JOIN postlane_messages m ON m.id = a.message_id
   LEFT JOIN postlane_suppression_fences f ON f.address = m.recipient AND f.stream = ''
   WHERE a.${column} IN (?)`;

const factsSql = `SELECT 'fact' AS what, e.fact_key AS found, '' AS id, '' AS recipient, '' AS stream, '' AS attemptId,
     NULL AS providerMessageId, 0 AS latest, 0 AS hasRun
   FROM postlane_events e WHERE e.fact_key IN (?)`;

function definedIds(
  events: readonly ProviderEvent[],
  idOf: (event: ProviderEvent) => string | null,
): string[] {
  return [...new Set(events.flatMap(event => idOf(event) ?? []))];
}

/** The transport of the attempt that an event is about; null when it is about none of ours. */
export async function transportOfAttempt(
  db: Db,
  { attemptId, providerMessageId }: ProviderEvent,
): Promise<string | null> {
  if (!attemptId && !providerMessageId) return null;
  const by = attemptId ? { id: attemptId } : { provider_message_id: providerMessageId };
  const row = await db('postlane_attempts').where(by).first('transport');
  return row?.transport ?? null;
}

/** Everybody a message was written to, as it was addressed; empty once its content is purged. */
export async function addresseesOf(db: Db, messageId: string): Promise<string[]> {
  const row = await db('postlane_message_contents').where({ message_id: messageId }).first('content');
  const { to = [], cc = [], bcc = [] } = row ? JSON.parse(row.content) : {};
  return [...to, ...cc, ...bcc].map(({ email }: { email: string }) => email);
}

/** The message that a report is about; `latest` when it is about its last attempt. */
export interface ReportedMessage {
  id: string;
  recipient: string;
  /** Where its attempt went out. */
  stream: string;
  attemptId: string;
  /** As we know it; see {@link learnProviderId}. */
  providerMessageId: string | null;
  latest: boolean;
  /** Whether mail to its recipient was ever turned away for now. */
  hasRun: boolean;
}

/** Keeps the provider's id of an attempt handed over by SMTP, which told us none. */
export async function learnProviderId(db: Knex, attemptId: string, providerMessageId: string): Promise<void> {
  await db('postlane_attempts')
    .where({ id: attemptId })
    .whereNull('provider_message_id')
    .update({ provider_message_id: providerMessageId });
}
