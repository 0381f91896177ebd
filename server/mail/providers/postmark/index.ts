import type { Limits } from '../limits.ts';
import type { DefaultRoutes, Provider } from '../provider.ts';
import { createPostmarkAccount } from './account.ts';
import { createApiTransport } from './api-transport.ts';
import { postmarkClient } from './client.ts';
import { readPosted } from './events.ts';
import { createPostmarkLists, createPostmarkLookup } from './reconciliation.ts';
import { createPostmarkSmtpTransport } from './smtp-transport.ts';
import { createPostmarkWebhooks } from './webhooks.ts';
import { describeBounce } from './words.ts';

/** A server of Postmark and how to reach it. */
export interface PostmarkConfig {
  token: string;
  apiUrl: string;
  /** With the credentials in it. */
  smtpUrl: string;
  /** Certificate to trust beside the system's, PEM. For a local Postmark. */
  smtpCa?: string;
}

/** The streams that every Postmark server has, by the transport that suits each. */
export const postmarkRoutes: DefaultRoutes = {
  transactional: { stream: 'outbound', transport: 'postmark-api' },
  bulk: { stream: 'broadcast', transport: 'postmark-smtp' },
};

/** Postmark puts the recipient's own link here, on any stream; triple braces and all (its template syntax). */
export const unsubscribePlaceholder = '{{{ pm:unsubscribe }}}';

/** Postmark's limits as documented in September 2026. */
export const postmarkLimits: Limits = {
  recipients: 50,
  messageBytes: 10 * 1024 * 1024,
  bodyBytes: 5 * 1024 * 1024,
  subject: 2000,
  tag: 1000,
  // It takes ten; one carries our attempt id.
  metadataFields: 9,
  metadataKey: 20,
  metadataValue: 80,
  // Code 411.
  forbiddenExtensions: (
    'vbs exe bin bat chm com cpl crt hlp hta inf ins isp jse lnk mdb pcd pif reg scr sct shs vbe vba wsf wsh wsl ' +
    'msc msi msp mst'
  ).split(' '),
};

/** A dump of many suppressions takes its time, in ms. */
const longListMs = 3 * 60_000;

/** Postmark, whole: the only folder that knows it. */
export function createPostmark({ token, apiUrl, smtpUrl, smtpCa }: PostmarkConfig): Provider {
  const client = postmarkClient({ token, url: apiUrl });
  return {
    key: 'postmark',
    name: 'Postmark',
    transports: [
      createApiTransport({ token, url: apiUrl }),
      createPostmarkSmtpTransport({ url: smtpUrl, ...(smtpCa && { ca: smtpCa }) }),
    ],
    limits: postmarkLimits,
    defaultRoutes: postmarkRoutes,
    unsubscribePlaceholder,
    lookup: createPostmarkLookup(client),
    events: { read: readPosted, describeBounce },
    lists: createPostmarkLists({
      hasty: client,
      patient: postmarkClient({ token, url: apiUrl, timeoutMs: longListMs }),
    }),
    webhooks: createPostmarkWebhooks(client),
    server: { token, id: async () => String((await client.getServer()).ID) },
    account: createPostmarkAccount({ token, url: apiUrl }),
  };
}
