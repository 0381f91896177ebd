import type { MailContext } from '../context.ts';
import { refuseWithoutConfirmation } from '../people/confirmation-mail.ts';
import type { ChangeOptions } from '../shared/change.ts';
import { withCheckedInput } from '../shared/input.ts';
import type { TopicsApi } from '../topics/api.ts';
import { topicsOf } from '../topics/register.ts';
import type { RegisteredTopic, TopicSettings } from '../topics/topic.ts';
import { topicsRules, withOptions } from '../topics/topic-input.ts';
import { listed, topicIn, withArchived } from '../topics/topics.ts';
import { changeInMemory } from './change.ts';
import type { FakeLedger } from './ledger.ts';

/** `mail.topics` in memory. */
export function createFakeTopics(context: MailContext, ledger: FakeLedger): TopicsApi {
  const saved = () => [...ledger.topics.values()];
  const all = () => topicsOf(context, saved());

  function change(
    action: string,
    key: string,
    options: ChangeOptions,
    decide: () => TopicSettings,
  ): RegisteredTopic {
    const after = decide();
    const once = { scope: action, request: { key, after }, options };
    changeInMemory(ledger, once, () => {
      ledger.topics.set(key, after);
      context.topicRegister.forget();
    });
    return topicIn(topicsOf(context, [...saved().filter(one => one.key !== key), after]), key);
  }

  const archiveOrRestore = (key: string, options: ChangeOptions, archivedAt: Date | null) =>
    change(archivedAt ? 'topic.archive' : 'topic.restore', key, options, () =>
      withArchived(topicIn(all(), key), archivedAt),
    );

  const topics: TopicsApi = {
    list: async (filter = {}) => listed(all(), filter),
    get: async key => all().get(key) ?? null,
    async save(key, options, given = {}) {
      if (options.doubleOptIn) await refuseWithoutConfirmation(context);
      return change('topic.save', key, given, () => withOptions(context, saved(), key, options));
    },
    archive: async (key, options = {}) => archiveOrRestore(key, options, context.now()),
    restore: async (key, options = {}) => archiveOrRestore(key, options, null),
    async counts(topic) {
      const said = [...ledger.consents.values()].filter(one => one.topic === topic);
      const waiting = [...ledger.confirmations.values()].filter(
        one => one.topic === topic && !one.confirmedAt && one.expiresAt > context.now(),
      );
      const granted = said.filter(one => one.granted).length;
      return { granted, withdrawn: said.length - granted, pending: waiting.length };
    },
  };
  return withCheckedInput(topics, topicsRules);
}
