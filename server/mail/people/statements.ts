import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import type { Topics } from '../topics/register.ts';
import type { RegisteredTopic } from '../topics/topic.ts';
import { refuseWithoutConfirmation, sendConfirmation } from './confirmation-mail.ts';
import type { Recorded } from './consent-api.ts';
import type { Recording } from './consent-keeping.ts';
import type { ConsentSource } from './consent-records.ts';
import { refuseUnknownTopic } from './topics.ts';

/** A statement about a topic that has passed its checks; `at` is null for one that is made now. */
export interface Statement {
  topic: string;
  address: string;
  granted: boolean;
  source: ConsentSource;
  evidence: string | null;
  wording: string | null;
  locale: string | null;
  confirmed: boolean;
  at: Date | null;
  by: string | null;
}

/** Keeps a statement, and makes it the current one, or asks for its confirmation where its topic needs one. */
export async function recordStatement(
  context: MailContext,
  { records, send, trx }: Recording,
  statement: Statement,
): Promise<Recorded> {
  const { topic: key, address, granted, at } = statement;
  const recordedAt = context.now();
  // One that is dated later than it came would stand above all that come after it.
  const saidAt = at === null || at > recordedAt ? recordedAt : at;
  const topic = granted ? openTopic(context, await context.topicRegister.all(), key) : null;
  const waits = topic?.doubleOptIn === true && needsConfirmation(statement);
  const pending = waits && (await records.locked(key, address))?.granted !== true;
  const { source, evidence, wording, locale } = statement;
  await records.append({
    ...{ address, scope: 'topic', topic: key, granted, pending, source, evidence, wording, locale },
    ...{ saidAt, recordedAt, recordedBy: statement.by },
  });
  if (topic && pending) {
    await refuseWithoutConfirmation(context);
    const asked = { topic: key, address, source, evidence, wording, locale, at: recordedAt };
    const { linkId, mayMail } = await records.ask(asked);
    if (mayMail) await sendConfirmation(context, send, { address, topic, linkId, locale }, trx);
    return 'pending';
  }
  const consent = { topic: key, address, granted, source, evidence, changedAt: saidAt };
  if (!(await records.put(consent, { isNow: at === null }))) return 'outdated';
  await records.settle(consent, recordedAt);
  return granted ? 'granted' : 'withdrawn';
}

/** What an operator enters or an import brings was made certain of before. */
function needsConfirmation({ source, confirmed }: Statement): boolean {
  return !confirmed && (source === 'person' || source === 'host');
}

/**
 * A topic that people may subscribe to. Throws `invalid-input` for one that is archived or that the configuration's list lacks: a
 * misspelt one would be nobody's to withdraw from. Null for any other where there is no list.
 */
function openTopic(
  context: Pick<MailContext, 'topics'>,
  topics: Topics,
  key: string,
): RegisteredTopic | null {
  const topic = topics.get(key);
  if (topic?.archivedAt)
    throw new MailError('invalid-input', `The topic ${key} is archived: restore it first.`, 'topic');
  if (!topic?.listed) refuseUnknownTopic(context, key);
  return topic ?? null;
}
