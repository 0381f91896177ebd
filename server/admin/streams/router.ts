import { Router } from 'express';
import { type Mail, MailError } from '../../mail/index.ts';
import { notFound } from '../page-error.ts';
import { allow } from '../person.ts';
import type { Show } from '../views.ts';
import type { StreamOptions } from './options.ts';
import { passwordRouter } from './passwords.ts';
import { providerNamed, webhookAddress, webhookProviders } from './webhook-address.ts';
import { checkedWebhooks, webhookSetupRouter } from './webhooks.ts';

/** What is configured: streams, routing, connections, and the webhooks for providers' events with their passwords. */
export function streamRouter(mail: Mail, show: Show, options: StreamOptions = {}): Router {
  const router = Router();

  router.get('/', async (_request, response) => {
    const [streams, passwords] = await Promise.all([
      mail.connections.streams(),
      mail.webhookPasswords.list(),
    ]);
    show(response, 'streams/index', {
      policy: mail.connections.policy(),
      streams,
      connections: mail.connections.list(),
      passwords,
      configured: options.webhookUsers ?? [],
      providers: webhookProviders(mail, response, options.publicUrl),
    });
  });

  router.post('/connections/:name/test', allow('editor'), async (request, response) => {
    const test = await testOrNotFound(mail, String(request.params.name));
    const tested = mail.connections.list().find(({ name }) => name === test.name);
    const provider = test.ok && tested?.webhooks ? providerNamed(mail, tested.webhooks) : null;
    const address = provider && webhookAddress(mail, response, provider, options.publicUrl);
    const webhooks = provider && address ? await checkedWebhooks(mail, provider, address) : null;
    show(response, 'streams/test', { test, webhooks });
  });

  router.use('/webhook-passwords', passwordRouter(mail, show, options));
  router.use('/webhooks', webhookSetupRouter(mail, show, options));
  return router;
}

async function testOrNotFound(mail: Mail, name: string) {
  try {
    return await mail.connections.test(name);
  } catch (error) {
    throw error instanceof MailError ? notFound(error.message) : error;
  }
}
