import type { Router } from 'express';
import { type Mail, MailError } from '../../mail/index.ts';
import { noFields } from '../form.ts';
import { guardedPages } from '../guarded-pages.ts';
import type { Page } from '../page.ts';
import { notFound } from '../page-error.ts';
import type { Show } from '../views.ts';
import { eventRouter } from './events.ts';
import type { StreamOptions } from './options.ts';
import { passwordRouter } from './passwords.ts';
import { providerNamed, webhookAddress, webhookProviders } from './webhook-address.ts';
import { checkedWebhooks, webhookSetupRouter } from './webhooks.ts';

/** What is configured: streams, routing, connections, and the webhooks for providers' events with their passwords. */
export function streamRouter(mail: Mail, show: Show, options: StreamOptions): Router {
  const routes = guardedPages(mail, show);
  routes.get('/', 'pages.view', page => showStreams(page, options));
  routes.post('/connections/:name/test', 'connections.test', noFields, page => testConnection(page, options));
  routes.router.use('/events', eventRouter(mail, show));
  routes.router.use('/webhook-passwords', passwordRouter(mail, show, options));
  routes.router.use('/webhooks', webhookSetupRouter(mail, show, options));
  return routes.router;
}

async function showStreams(page: Page, options: StreamOptions): Promise<void> {
  const { mail } = page;
  const [streams, passwords] = await Promise.all([mail.connections.streams(), mail.webhookPasswords.list()]);
  page.render('streams/index', {
    policy: mail.connections.policy(),
    brands: mail.connections.brands(),
    streams,
    connections: mail.connections.list(),
    passwords,
    configured: options.webhookUsers ?? [],
    providers: webhookProviders(page, options),
  });
}

async function testConnection(page: Page, options: StreamOptions): Promise<void> {
  const { mail } = page;
  const test = await testOrNotFound(mail, page.param('name'));
  const tested = mail.connections.list().find(({ name }) => name === test.name);
  const provider = test.ok && tested?.webhooks ? providerNamed(mail, tested.webhooks) : null;
  const address = provider && webhookAddress(page, provider, options);
  const webhooks = provider && address ? await checkedWebhooks(mail, provider, address) : null;
  page.render('streams/test', { test, webhooks });
}

async function testOrNotFound(mail: Mail, name: string) {
  try {
    return await mail.connections.test(name);
  } catch (error) {
    throw error instanceof MailError ? notFound(error.message) : error;
  }
}
