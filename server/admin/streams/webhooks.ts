import { type Request, Router } from 'express';
import type { Mail, WebhookProvider } from '../../mail/index.ts';
import { PageError } from '../page-error.ts';
import { allow, personOf } from '../person.ts';
import type { Show } from '../views.ts';
import type { StreamOptions } from './options.ts';
import { orSay } from './or-say.ts';
import { providerNamed, type WebhookAddress, webhookAddress } from './webhook-address.ts';

/** The webhooks at a provider: their state, and setting them up with a new password. */
export function webhookSetupRouter(mail: Mail, show: Show, { publicUrl }: StreamOptions): Router {
  const router = Router();

  router.get('/', allow('editor'), async ({ query }, response) => {
    const provider = providerNamed(mail, query.provider);
    const address = webhookAddress(mail, response, provider, publicUrl);
    show(response, 'streams/webhooks', {
      webhooks: await checkedWebhooks(mail, provider, address),
      results: null,
    });
  });

  router.post('/', allow('admin'), async (request, response) => {
    const provider = providerNamed(mail, request.body?.provider);
    const address = webhookAddress(mail, response, provider, publicUrl);
    // What a browser said of the host is no reason to send events there.
    if (!address.known)
      throw new PageError(
        422,
        'Not set up',
        'Set PUBLIC_URL first: the address at which this app is reached.',
      );
    const streams = streamsIn(request);
    if (streams.length === 0) throw new PageError(422, 'Not set up', 'Choose at least one stream.');
    await orSay(response, async () => {
      const results = await mail.webhooks.setUp(provider.key, streams, address.url, {
        by: personOf(response).id,
      });
      show(response, 'streams/webhooks', {
        webhooks: await checkedWebhooks(mail, provider, address),
        results,
      });
    });
  });

  return router;
}

/** The state of a provider's webhooks, for the view `webhook-status`. */
export async function checkedWebhooks(
  mail: Mail,
  provider: WebhookProvider,
  address: WebhookAddress,
): Promise<object> {
  const check = await mail.webhooks.check(provider.key, address.url);
  return { ...provider, address, ...check, streams: check.fault === null ? check.streams : [] };
}

function streamsIn({ body }: Request): string[] {
  const given: unknown = body?.stream;
  return [given].flat().filter(stream => typeof stream === 'string');
}
