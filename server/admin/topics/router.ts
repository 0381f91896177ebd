import type { Router } from 'express';
import { type Mail, MailError, type RegisteredTopic } from '../../mail/index.ts';
import { noFields } from '../form.ts';
import { guardedPages } from '../guarded-pages.ts';
import type { Page } from '../page.ts';
import { notFound } from '../page-error.ts';
import type { Show } from '../views.ts';
import { formOf, newTopicForm, optionsOf, type TopicForm, topicForm } from './form.ts';

/** What people can subscribe to: the register of topics, and what is decided about each. */
export function topicRouter(mail: Mail, show: Show): Router {
  const routes = guardedPages(mail, show);
  routes.get('/', 'pages.view', listTopics);
  routes.get('/new', 'topics.edit', page => renderForm(page, null, emptyForm));
  routes.post(
    '/',
    'topics.edit',
    {
      schema: newTopicForm,
      again: (page, typed, errors) => renderForm(page, null, { ...emptyForm, ...typed }, errors),
    },
    (page, { key, ...form }) => save(page, null, { key, ...form }),
  );
  routes.get('/:topic', 'pages.view', async page => {
    const topic = await findTopic(page);
    await renderForm(page, topic, { key: topic.key, ...formOf(topic) });
  });
  routes.post(
    '/:topic',
    'topics.edit',
    {
      schema: topicForm,
      again: async (page, typed, errors) => {
        const topic = await findTopic(page);
        await renderForm(page, topic, { ...{ key: topic.key, ...formOf(topic) }, ...typed }, errors);
      },
    },
    async (page, form) => {
      const topic = await findTopic(page);
      await save(page, topic, { key: topic.key, ...form });
    },
  );
  routes.post('/:topic/archive', 'topics.edit', noFields, archive);
  routes.post('/:topic/restore', 'topics.edit', noFields, restore);
  return routes.router;
}

const emptyForm: TopicForm & { key: string } = {
  ...{ key: '', name: '', description: '', translations: '', streams: '', order: '' },
  ...{ consent: 'opt-out', shown: 'yes' },
};

async function listTopics(page: Page): Promise<void> {
  const all = await page.mail.topics.list({ archived: true });
  const topics = await Promise.all(
    all.map(async topic => ({ ...topic, counts: await page.mail.topics.counts(topic.key) })),
  );
  page.render('topics/index', { topics });
}

async function findTopic(page: Page): Promise<RegisteredTopic> {
  const key = page.param('topic');
  const topic = /^[a-z0-9][a-z0-9_-]{0,63}$/.test(key) ? await page.mail.topics.get(key) : null;
  if (!topic) throw notFound('There is no such topic.');
  return topic;
}

async function renderForm(
  page: Page,
  topic: RegisteredTopic | null,
  values: object,
  errors: Parameters<Page['renderForm']>[2] = [],
): Promise<void> {
  const counts = topic && (await page.mail.topics.counts(topic.key));
  page.renderForm('topics/edit', { title: topic?.name ?? 'Add a topic', topic, counts, values }, errors);
}

async function save(
  page: Page,
  topic: RegisteredTopic | null,
  { key, ...form }: TopicForm & { key: string },
): Promise<void> {
  try {
    if (topic === null && (await page.mail.topics.get(key)))
      throw new MailError('invalid-input', `There is a topic ${key} already.`, 'key');
    await page.mail.topics.save(key, optionsOf(form), { by: page.by });
    page.redirect('topics', `${form.name} was saved.`);
  } catch (error) {
    if (!(error instanceof MailError)) throw error;
    const name = fieldOf(error.field ?? '');
    await renderForm(page, topic, { key, ...form }, [{ name, message: error.message }]);
  }
}

/** The field of the form for one of the module's. */
function fieldOf(field: string): string {
  if (field === 'doubleOptIn') return 'consent';
  if (field === 'topic') return 'key';
  return field.split('.')[0] ?? '';
}

async function archive(page: Page): Promise<void> {
  const { key, name } = await findTopic(page);
  await page.orFlashError(`topics/${key}`, async () => {
    await page.mail.topics.archive(key, { by: page.by });
    page.redirect('topics', `${name} is archived: no mail is sent on it, and what people said is kept.`);
  });
}

async function restore(page: Page): Promise<void> {
  const { key, name } = await findTopic(page);
  await page.orFlashError(`topics/${key}`, async () => {
    await page.mail.topics.restore(key, { by: page.by });
    page.redirect('topics', `${name} is in use again.`);
  });
}
