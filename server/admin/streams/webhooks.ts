import type { Router } from 'express';
import Joi from 'joi';
import type { Mail, WebhookProvider } from '../../mail/index.ts';
import type { ProbeResult } from '../../probe/probe-result.ts';
import { probeWebhookDoor } from '../../probe/probe-webhook-door.ts';
import { type FormSchema, field } from '../form.ts';
import { guardedPages } from '../guarded-pages.ts';
import type { Page } from '../page.ts';
import { PageError } from '../page-error.ts';
import type { Show } from '../views.ts';
import type { StreamOptions } from './options.ts';
import { providerNamed, type WebhookAddress, webhookAddress } from './webhook-address.ts';

interface SetUpForm {
  provider: string;
  stream: string[];
}

const setUpForm: FormSchema<SetUpForm> = Joi.object({
  provider: field.line(64, 'There is no such provider.'),
  stream: Joi.array()
    .items(field.requiredLine(64, 'There is no such stream.'))
    .single()
    .max(100)
    .default([])
    .messages({ '*': 'There is no such stream.' }),
});

/** The webhooks at a provider: their state, and setting them up with a new password. */
export function webhookSetupRouter(mail: Mail, show: Show, options: StreamOptions): Router {
  const routes = guardedPages(mail, show);
  routes.get('/', 'connections.test', page => showWebhooks(page, options));
  routes.post('/', 'webhooks.set-up', setUpForm, (page, form) => setUpWebhooks(page, form, options));
  return routes.router;
}

async function showWebhooks(page: Page, options: StreamOptions): Promise<void> {
  const { mail, request } = page;
  const provider = providerNamed(mail, request.query.provider);
  const address = webhookAddress(page, provider, options);
  const [webhooks, probe] = await Promise.all([
    checkedWebhooks(mail, provider, address),
    probed(address, options),
  ]);
  page.render('streams/webhooks', { webhooks, probe, results: null });
}

async function setUpWebhooks(
  page: Page,
  { provider: named, stream: streams }: SetUpForm,
  options: StreamOptions,
): Promise<void> {
  const { mail } = page;
  const provider = providerNamed(mail, named || undefined);
  const address = webhookAddress(page, provider, options);
  // What a browser said of the host is no reason to send events there.
  if (!address.known)
    throw notSetUp('Set publicUrl (POSTLANE_PUBLIC_URL) first: the address at which this app is reached.');
  if (streams.length === 0) throw notSetUp('Choose at least one stream.');
  await page.orFlashError('streams#webhook', async () => {
    const results = await mail.webhooks.setUp(provider.key, streams, address.url, { by: page.by });
    const [webhooks, probe] = await Promise.all([
      checkedWebhooks(mail, provider, address),
      probed(address, options),
    ]);
    page.render('streams/webhooks', { webhooks, probe, results });
  });
}

/** Whether large events arrive; null where nobody but a browser said what the address is. */
async function probed(
  { url, known }: WebhookAddress,
  { secretKeys }: StreamOptions,
): Promise<ProbeResult | null> {
  return known ? probeWebhookDoor({ url, secretKeys }) : null;
}

function notSetUp(message: string): PageError {
  return new PageError(422, 'Not set up', message);
}

/** The state of a provider's webhooks, for the view `webhook-status`. */
export async function checkedWebhooks(
  mail: Mail,
  provider: WebhookProvider,
  address: WebhookAddress,
): Promise<object> {
  const [check, unsubscribing] = await Promise.all([
    mail.webhooks.check(provider.key, address.url),
    mail.connections.unsubscribeFaults(provider.key),
  ]);
  return {
    ...provider,
    address,
    unsubscribing,
    ...check,
    streams: check.fault === null ? check.streams : [],
  };
}
