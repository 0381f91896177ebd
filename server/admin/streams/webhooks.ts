import { type Request, Router } from 'express';
import type { Mail } from '../../mail/index.ts';
import { PageError } from '../page-error.ts';
import { allow, personOf } from '../person.ts';
import type { Show } from '../views.ts';
import type { StreamOptions } from './options.ts';
import { orSay } from './or-say.ts';
import { type WebhookAddress, webhookAddress } from './webhook-address.ts';

/** The webhooks at Postmark: their state, and setting them up with a new password. */
export function webhookSetupRouter(mail: Mail, show: Show, { publicUrl }: StreamOptions): Router {
  const router = Router();

  router.get('/', allow('editor'), async (_request, response) => {
    const address = webhookAddress(mail, response, publicUrl);
    show(response, 'streams/webhooks', { webhooks: await checkedWebhooks(mail, address), results: null });
  });

  router.post('/', allow('admin'), async (request, response) => {
    const address = webhookAddress(mail, response, publicUrl);
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
      const results = await mail.webhooks.setUp(streams, address.url, { by: personOf(response).id });
      show(response, 'streams/webhooks', { webhooks: await checkedWebhooks(mail, address), results });
    });
  });

  return router;
}

/** The state of Postmark's webhooks, for the view of the same name. */
export async function checkedWebhooks(mail: Mail, address: WebhookAddress): Promise<object> {
  const check = await mail.webhooks.check(address.url);
  return { address, streams: [], ...check };
}

function streamsIn({ body }: Request): string[] {
  const given: unknown = body?.stream;
  return [given].flat().filter(stream => typeof stream === 'string');
}
