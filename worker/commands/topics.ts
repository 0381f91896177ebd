import type { AddCommands } from './command.ts';
import { withExample } from './help.ts';
import { moment, table } from './layout.ts';

/** `postlane topics`: what people can subscribe to. */
export const addTopics: AddCommands = (program, { withMail, answer }) => {
  const topics = program.command('topics').description('what people can subscribe to');
  withExample(
    topics.command('list').description('all topics, with how many people said what'),
    'postlane topics list',
  ).action(() =>
    withMail(async mail => {
      const all = await mail.topics.list({ archived: true });
      const found = await Promise.all(
        all.map(async topic => ({ ...topic, counts: await mail.topics.counts(topic.key) })),
      );
      const rows = found.map(({ key, name, consent, doubleOptIn, archivedAt, counts }) => [
        ...[key, name, doubleOptIn ? 'double opt-in' : consent, archivedAt ? 'archived' : ''],
        `${counts.granted} subscribed, ${counts.withdrawn} unsubscribed, ${counts.pending} to confirm`,
      ]);
      answer(rows.length > 0 ? table(rows) : 'There are none.', found);
    }),
  );
};

/** `postlane consent`: what a person said about topics. */
export const addConsent: AddCommands = (program, { withMail, answer }) => {
  const consent = program.command('consent').description('what people said about topics');
  withExample(
    consent
      .command('show')
      .description('every statement of an address, the newest first')
      .argument('<address>', 'whose'),
    'postlane consent show ada@example.com',
  ).action((address: string) =>
    withMail(async mail => {
      const history = await mail.consent.history(address);
      const rows = history.map(({ saidAt, topic, scope, granted, pending, source, evidence }) => [
        ...[moment(saidAt), topic || scope, pending ? 'yes, to confirm' : granted ? 'yes' : 'no', source],
        evidence ?? '',
      ]);
      answer(rows.length > 0 ? table(rows) : 'They said nothing.', history);
    }),
  );
};
