import { type Logger, pino } from 'pino';
import type { Db } from '../../db/connect.ts';
import { defaultTiming, type MailContext, type Timing } from './context.ts';
import { createApiTransport, postmarkClient } from './providers/postmark/api-transport.ts';
import { createPostmarkLookup } from './providers/postmark/lookup.ts';
import { createPostmarkSmtpTransport } from './providers/postmark/smtp-transport.ts';
import { createSmtpTransport } from './providers/smtp/transport.ts';
import type { Transport } from './providers/transport.ts';
import { checkPolicy, defaultPolicy, type Policy } from './routing/policy.ts';
import { defaultRetry, type RetryPolicy } from './sending/retry.ts';
import { readMailbox } from './shared/address.ts';
import { safeLog } from './shared/log.ts';
import { createRenderPool } from './templates/preview/render-pool.ts';
import { createTemplates } from './templates/templates.ts';

/** What the module needs to know; `loadConfig` makes it from the environment. */
export interface MailConfig {
  databaseUrl: string;
  postmark: {
    token: string;
    apiUrl: string;
    /** With the credentials in it. */
    smtpUrl: string;
    /** Certificate to trust beside the system's, PEM. For a local Postmark. */
    smtpCa?: string;
  };
  /** Further SMTP providers by transport name. */
  smtp: Record<string, string>;
  /** Default sender, as a mailbox. */
  from: string;
  logLevel: string;
}

/** What a host or a test may put in place of our own. */
export interface MailDeps {
  log?: Logger;
  now?: () => Date;
  policy?: Policy;
  retry?: Partial<RetryPolicy>;
  timing?: Partial<Timing>;
  /** Folder of templates; our own set by default. */
  templates?: string;
  /** False when changed template files are not to be published at the start. */
  importFiles?: boolean;
  /** Additional or replacing transports, by their names. */
  transports?: readonly Transport[];
  poolSize?: number;
  /** A pool made by `connect`, which stays its owner's to close; by default the module opens one of its own. */
  db?: Db;
  /** False when the schema is brought up to date elsewhere. */
  migrate?: boolean;
}

/** Puts together what every flow works with. Throws when the policy cannot be followed with these transports. */
export function wire(config: MailConfig, deps: MailDeps, db: Db): MailContext {
  const now = deps.now ?? (() => new Date());
  const policy = deps.policy ?? defaultPolicy(readMailbox(config.from, 'from'));
  const transports = new Map(
    [
      createApiTransport({ token: config.postmark.token, url: config.postmark.apiUrl }),
      createPostmarkSmtpTransport({
        url: config.postmark.smtpUrl,
        ...(config.postmark.smtpCa && { ca: config.postmark.smtpCa }),
      }),
      ...Object.entries(config.smtp).map(([name, url]) => createSmtpTransport({ name, url })),
      ...(deps.transports ?? []),
    ].map(transport => [transport.name, transport]),
  );
  checkPolicy(policy, transports);
  const lookup = createPostmarkLookup(clientOf(config));
  return {
    db,
    now,
    policy,
    transports,
    log: safeLog(deps.log ?? pino({ level: config.logLevel })),
    retry: { ...defaultRetry, ...deps.retry },
    timing: { ...defaultTiming, ...deps.timing },
    templates: createTemplates(db, now),
    renderPool: createRenderPool(),
    lookups: new Map(['postmark-api', 'postmark-smtp'].map(name => [name, lookup])),
  };
}

/** Postmark's client, on this configuration. */
export function clientOf({ postmark: { token, apiUrl } }: MailConfig) {
  return postmarkClient({ token, url: apiUrl });
}
