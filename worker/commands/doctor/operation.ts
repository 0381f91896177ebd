import { alertLine } from '../../../server/admin/overview/alerts.ts';
import { configuredPlaceholders, publishedPlaceholders } from '../../../server/mail/diagnosis.ts';
import { ago } from '../layout.ts';
import { workerPatienceMs, workerSeenAt } from '../worker-heartbeat-store.ts';
import { bad, type Examination, good, unseen } from './check.ts';
import { brandsUsing, categoriesOf } from './routes.ts';

/** What runs, and what it is given to send. */
export const operation: readonly Examination[] = [
  {
    name: 'worker',
    async look({ db, now }) {
      const seenAt = await workerSeenAt(await db());
      const found = seenAt ? `Last seen ${ago(seenAt, now())}.` : 'None was ever seen.';
      return seenAt && now().getTime() - seenAt.getTime() < workerPatienceMs
        ? good(found)
        : bad(found, 'Start one beside the app and keep it running: postlane worker.');
    },
  },
  {
    name: 'alerts',
    async look({ mail }) {
      const alerts = await (await mail()).monitoring.alerts();
      if (alerts.length === 0) return good('None is open.');
      const lines = alerts.map(alert => alertLine(alert).text);
      return bad(lines.join(' '), 'Look at the Overview page, or at postlane status.');
    },
  },
  {
    name: 'templates',
    async look({ mail, routing }) {
      const summaries = await (await mail()).templates.list('template');
      const published = summaries.filter(({ version }) => version !== null);
      if (published.length === 0) return bad('None is published.', 'Run postlane templates push.');
      const lost = published.filter(({ key, category }) =>
        brandsUsing(routing(), key).some(({ policy }) => !Object.hasOwn(policy.categories, category ?? '')),
      );
      if (lost.length === 0) return good(`${published.length} published, each of a known category.`);
      const names = lost.map(({ key, category }) => `${key} (${category})`).join(', ');
      return bad(
        `Of a category that the policy does not have: ${names}.`,
        'Add the category to the policy, or correct it in template.json and push.',
      );
    },
  },
  {
    name: 'brand',
    async look({ db, config, routing, wrong }) {
      const issues = (await publishedPlaceholders(await db())).map(({ message }) => message);
      // A sender that is not valid is a finding of the configuration.
      const configured = configuredPlaceholders(routing().brands.all)
        .filter(({ field }) => !(wrong.has('from') && field.endsWith('from')))
        .map(({ message }) => message);
      const found = [...issues, ...configured];
      if (found.length === 0) return good('Your own, as far as it is published.');
      const remedy =
        'Put your own into brand.json and run postlane templates push; send from a domain of your own.';
      return (config.production ? bad : unseen)(found.join(' '), remedy);
    },
  },
  {
    name: 'consent',
    async look({ routing }) {
      const bulk = categoriesOf(routing()).filter(([, { lane }]) => lane === 'bulk');
      const without = new Set(bulk.filter(([, { consent }]) => consent === 'none').map(([name]) => name));
      if (bulk.length === 0) return unseen('There is no bulk mail.');
      return without.size > 0
        ? bad(
            `Bulk mail without consent: ${[...without].join(', ')}.`,
            "Set consent: 'opt-in' or 'opt-out' for these categories of the policy.",
          )
        : good([...new Set(bulk.map(([name, { consent }]) => `${name} ${consent}`))].join(', '));
    },
  },
];
