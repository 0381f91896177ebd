import { expect } from 'chai';
import type { Express } from 'express';
import { jobTablePrefix } from '../../db/job-tables.ts';
import { may } from '../../server/admin/permissions.ts';
import { type Role, roles } from '../../server/admin/person.ts';
import { MysqlBackend } from '../../worker/agenda-mysql/index.ts';
import { aJob } from '../database/agenda-support.ts';
import { testDatabase } from '../support/database.ts';
import { routesIn, type StackedRoute, withMountPaths } from '../support/route-stack.ts';
import { type AccessApp, browserAt, openAccessApp } from './access-app.ts';
import { alertData, launchCampaign, newsletterData } from './pages-mail.ts';

/** What a page offers: links and forms, as `get /messages/:id` or `post /suppressions/lift`. */
type Offered = Map<string, string>;

const settings: [name: string, secondPerson: boolean][] = [
  ['permissions of what the pages offer', false],
  ['permissions of what the pages offer where it takes a second person', true],
];
for (const [name, secondPerson] of settings)
  describe(name, function () {
    this.timeout(300_000);
    let opened: AccessApp;
    let app: Express;
    let routes: StackedRoute[];
    const offered = new Map<Role, Offered>();

    before(async () => {
      opened = await openAccessApp({}, { secondPerson });
      app = withMountPaths(() => opened.appWith({ publicUrl: 'http://127.0.0.1' }));
      routes = routesIn(app.router as unknown as { stack: unknown[] });
      for (const role of roles) await opened.account(`${role}@shop.example`, role);
      const ready = await somethingOfEverything(opened);
      if (secondPerson) await somethingThatWaits(opened, ready);
      for (const role of roles) offered.set(role, await crawl(role));
    });
    after(() => opened.mail.close());

    for (const role of roles)
      it(`are those of the ${role}: nothing is offered that would be refused`, () => {
        const refused = [...(offered.get(role) ?? [])].filter(
          ([route]) => !may({ role }, permissionOf(route)),
        );
        expect(refused).to.deep.equal([]);
      });

    it('leave out nothing that somebody may do', () => {
      const everything = [...(offered.get('admin') ?? [])].map(([route]) => route);
      expect(everything.filter(route => route.startsWith('post '))).to.have.length.above(25);
      for (const role of roles) {
        const missing = everything.filter(
          route => may({ role }, permissionOf(route)) && !offered.get(role)?.has(route),
        );
        expect(missing, role).to.deep.equal([]);
      }
    });

    /** Follows every link, two pages of a kind, and collects what is offered, with the page that does. */
    async function crawl(role: Role): Promise<Offered> {
      const browser = browserAt(app);
      await browser.signIn(`${role}@shop.example`);
      const found: Offered = new Map();
      const times = new Map<string, number>();
      const seen = new Set<string>();
      const ahead = ['/', '/streams/webhooks'].filter(path =>
        may({ role }, permissionOf(routeOf('get', path))),
      );
      for (let path = ahead.shift(); path !== undefined; path = ahead.shift()) {
        const kind = routeOf('get', path);
        const count = (times.get(kind) ?? 0) + 1;
        if (seen.has(path) || count > 8) continue;
        times.set(kind, count);
        seen.add(path);
        const { text = '', status, type } = await browser.get(path);
        if (status !== 200 || type !== 'text/html' || path.includes('/preview')) continue;
        for (const [method, target] of offersIn(text, path)) {
          found.set(routeOf(method, target), path);
          if (method === 'get' && !target.startsWith('/assets/')) ahead.push(target);
        }
      }
      return found;
    }

    function routeOf(method: string, target: string): string {
      const { pathname } = new URL(target, 'http://host');
      const route = routes.find(
        one => one.method === method && patternOf(one.path).test(pathname.replace(/(?<=.)\/$/, '')),
      );
      if (!route) throw new Error(`There is no route for ${method} ${target}.`);
      return `${method} ${route.path}`;
    }

    function permissionOf(name: string) {
      const route = routes.find(({ method, path }) => `${method} ${path}` === name);
      if (!route?.permission) throw new Error(`${name} asks for no permission.`);
      return route.permission;
    }
  });

function patternOf(path: string): RegExp {
  const source = path
    .replace(/(?<=.)\/$/, '')
    .replace(/[.]/g, '\\.')
    .replace(/:\w+/g, '[^/]+');
  return new RegExp(`^${source}$`);
}

function offersIn(html: string, path: string): [method: 'get' | 'post', target: string][] {
  const full = (link = '') => {
    const { pathname, search } = new URL(unescaped(link), `http://host${path}`);
    return pathname + search;
  };
  const links = [...html.matchAll(/<a [^>]*?href="([^"#]*)/g)].map(([, link]) => full(link));
  const forms = [...html.matchAll(/<form[^>]* method="post"[^>]*>/g)].map(([form]) =>
    full(/ action="([^"]*)"/.exec(form)?.[1]),
  );
  return [
    ...links.map((link): ['get', string] => ['get', link]),
    ...forms.map((form): ['post', string] => ['post', form]),
  ];
}

function unescaped(text: string): string {
  return text.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');
}

/** Something in every state that the pages have a button for; returns the id of a campaign that can be launched. */
async function somethingOfEverything({ mail, api }: AccessApp): Promise<string> {
  const to = { template: 'operational-alert', data: alertData };
  await mail.send({ ...to, to: 'queued@example.com', sendAt: new Date(Date.now() + 86_400_000) });
  api.answer(() => ({ kind: 'unknown', code: 'timeout', answer: 'the connection broke' }));
  await mail.send({ ...to, to: 'unknown@example.com' }, { wait: true });
  api.answer(() => ({ kind: 'rejected', code: 'postmark-300', answer: 'no', inactive: [] }));
  await mail.send({ ...to, to: 'failed@example.com' }, { wait: true });
  await mail.campaigns.create({ name: 'draft', template: 'newsletter', data: newsletterData });
  const { id } = await mail.campaigns.create({ name: 'ready', template: 'newsletter', data: newsletterData });
  await mail.campaigns.addRecipients(id, [{ email: 'reader@example.com' }]);
  const running = await launchCampaign(mail, 'running', 2);
  const paused = await launchCampaign(mail, 'paused', 2);
  await mail.campaigns.pause(paused);
  await testDatabase()('postlane_messages')
    .where({ campaign_id: running })
    .limit(1)
    .update({ state: 'failed' });
  await mail.suppressions.add('outbound', 'grace@example.com', 'asked');
  await mail.webhookPasswords.add({ by: 'ada' });
  await mail.webhookPasswords.add({ by: 'ada' });
  for (const key of ['newsletter', 'password-reset']) {
    const view = await mail.templates.get({ kind: 'template', key });
    const source = view?.published?.source;
    if (source?.kind !== 'template') continue;
    const content = { ...source.content, description: 'changed' };
    await mail.templates.saveDraft({ ...source, content }, { revision: view?.revision ?? 0, by: 'x' });
  }
  const backend = new MysqlBackend({
    knex: testDatabase(),
    tablePrefix: jobTablePrefix,
    ensureSchema: false,
  });
  await backend.connect();
  for (const changes of [{}, { disabled: true }]) await backend.repository.saveJob(aJob(changes));
  await backend.disconnect();
  return id;
}

/** A publication and a launch that somebody else has asked for. */
async function somethingThatWaits({ mail }: AccessApp, campaign: string): Promise<void> {
  const asker = { by: 'x', name: 'X' };
  const ref = { kind: 'template', key: 'newsletter' } as const;
  const revision = (await mail.templates.get(ref))?.revision ?? 0;
  const options = { ...asker, revision, message: 'changed', acceptWarnings: true };
  expect((await mail.approvals.askToPublish(ref, options)).state).to.equal('requested');
  await mail.approvals.askToLaunch(campaign, asker);
}
