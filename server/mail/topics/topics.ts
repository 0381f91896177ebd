import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { refuseWithoutConfirmation } from '../people/confirmation-mail.ts';
import type { AuditAction } from '../shared/audit-actions.ts';
import { audited } from '../shared/audit-store.ts';
import { type ChangeOptions, changeOnce } from '../shared/change.ts';
import { withCheckedInput } from '../shared/input.ts';
import { afterCommit } from '../shared/transaction.ts';
import type { TopicsApi } from './api.ts';
import { topicsOf } from './register.ts';
import { isOpen, type RegisteredTopic, type TopicSettings, wordsFor } from './topic.ts';
import { topicsRules, withOptions } from './topic-input.ts';
import { countStatements, readTopics, saveTopic } from './topics-store.ts';

/** What a change comes to, from all that was decided before. */
type Decide = (saved: readonly TopicSettings[]) => TopicSettings;

/** See {@link TopicsApi}. */
export function createTopics(context: MailContext): TopicsApi {
  const { db, now, topicRegister } = context;

  async function change(
    action: AuditAction & `topic.${string}`,
    key: string,
    { request, options }: { request: unknown; options: ChangeOptions },
    decide: Decide,
  ): Promise<RegisteredTopic> {
    const changed = await changeOnce(
      context,
      { scope: action, request, options },
      async trx => {
        const saved = await readTopics(trx, { lock: true });
        const before = topicsOf(context, saved).get(key);
        const after = decide(saved);
        const at = now();
        await saveTopic(trx, after, { at, by: options.by ?? null });
        await audited(trx, options, { action, subject: `topic:${key}`, before: before ?? null, after, at });
        return null;
      },
      async trx => topicIn(topicsOf(context, await readTopics(trx)), key),
    );
    topicRegister.forget();
    if (options.trx) afterCommit(options.trx, async () => topicRegister.forget());
    return changed;
  }

  const archiveOrRestore = (key: string, options: ChangeOptions, archivedAt: Date | null) => {
    const action = archivedAt === null ? 'topic.restore' : 'topic.archive';
    return change(action, key, { request: { key }, options }, saved => {
      return withArchived(topicIn(topicsOf(context, saved), key), archivedAt);
    });
  };
  const topics: TopicsApi = {
    async list(filter = {}) {
      return listed(await topicRegister.all(), filter);
    },
    get: async key => (await topicRegister.all()).get(key) ?? null,
    async save(key, options, given = {}) {
      if (options.doubleOptIn) await refuseWithoutConfirmation(context);
      return change('topic.save', key, { request: { key, options }, options: given }, saved =>
        withOptions(context, saved, key, options),
      );
    },
    archive: (key, options = {}) => archiveOrRestore(key, options, now()),
    restore: (key, options = {}) => archiveOrRestore(key, options, null),
    counts: key => countStatements(db, key, now()),
  };
  return withCheckedInput(topics, topicsRules);
}

/** A topic archived, or restored where the date is null. Throws `wrong-state` where it is so already. */
export function withArchived(
  { listed: _, ...topic }: RegisteredTopic,
  archivedAt: Date | null,
): TopicSettings {
  if ((topic.archivedAt === null) !== (archivedAt === null)) return { ...topic, archivedAt };
  const state = archivedAt === null ? 'is not archived' : 'is archived already';
  throw new MailError('wrong-state', `The topic ${topic.key} ${state}.`, 'topic');
}

/** What `mail.topics.list` gives of a register. */
export function listed(
  all: ReadonlyMap<string, RegisteredTopic>,
  { locale = null, archived = false }: { locale?: string | null | undefined; archived?: boolean | undefined },
): RegisteredTopic[] {
  const wanted = [...all.values()].filter(topic => archived || isOpen(topic));
  return wanted.map(topic => ({ ...topic, ...wordsFor(topic, locale) }));
}

/** Throws `invalid-input` where there is none. */
export function topicIn(all: ReadonlyMap<string, RegisteredTopic>, key: string): RegisteredTopic {
  const topic = all.get(key);
  if (topic) return topic;
  throw new MailError(
    'invalid-input',
    `There is no topic ${key}. There are: ${[...all.keys()].join(', ') || 'none'}.`,
    'topic',
  );
}
