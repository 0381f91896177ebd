import { randomBytes } from 'node:crypto';
import Joi from 'joi';
import type { DatabaseOptions } from '../db/connect.ts';
import { encryptedByDefault } from '../db/database-options.ts';
import type { HostAccessOptions } from './admin/access/host.ts';
import type { Config, WebhookCredential } from './config/index.ts';
import type { UnexpectedErrors } from './errors.ts';
import { carriedConfig, type Mail, MailError, nearestName } from './mail/index.ts';

/** What both routers take from the configuration of `mail` unless it is said here. */
export interface SharedRouterOptions {
  /** What providers sign in with at the webhooks, beside the passwords that admins made on the Streams page. */
  webhookCredentials?: readonly WebhookCredential[] | undefined;
  /**
   * Sign the forms of the pages and the probe of the webhooks, the newest first, 32 characters or more each. Needed where
   * several processes serve them; else each makes up its own.
   */
  secretKeys?: readonly string[] | undefined;
}

/** Options of `publicRouter`. */
export type PublicRouterOptions = SharedRouterOptions;

/** Options of `adminRouter`. */
export interface AdminRouterOptions extends SharedRouterOptions, HostAccessOptions {
  /** Where browsers reach the host, or these pages: tells whether cookies are for https only, and the webhooks' address. */
  publicUrl?: string | undefined;
  /** Path in the host at which `publicRouter` is mounted, where that is not the path of these pages. */
  publicPath?: string | undefined;
  /**
   * Who answers when something fails that nobody expected: a page of ours (`page`, the default), or the host's error
   * handler (`host`), after it was logged. Scripts of the pages are always answered by us.
   */
  errors?: UnexpectedErrors | undefined;
  /** The module's database, where the worker keeps its jobs as well. Connected while somebody looks at them. */
  database?: DatabaseOptions | undefined;
}

/** Options of `mailRouter`, which is both. */
export type MailRouterOptions = AdminRouterOptions;

/** Options with what the configuration says filled in. */
export interface ResolvedPublicOptions {
  webhookCredentials: readonly WebhookCredential[];
  secretKeys: readonly string[];
  webhookPasswordInUrl?: 'allow' | undefined;
  doNotContactCredentials?: readonly WebhookCredential[] | undefined;
}

/** Options with what the configuration says filled in. */
export interface ResolvedAdminOptions extends ResolvedPublicOptions, HostAccessOptions {
  publicUrl?: string;
  publicPath?: string;
  errors: UnexpectedErrors;
  database: DatabaseOptions;
}

/** Checks the options and fills in what they leave to the configuration. Throws a `MailError` that names the option. */
export function publicOptions(mail: Mail, options: PublicRouterOptions): ResolvedPublicOptions {
  checked('publicRouter', sharedSchema, options);
  const config = configOf(mail);
  return {
    webhookCredentials: options.webhookCredentials ?? config.webhookCredentials ?? [],
    secretKeys: options.secretKeys ?? config.secretKeys ?? keysMadeUpFor(mail),
    webhookPasswordInUrl: config.webhookPasswordInUrl,
    doNotContactCredentials: config.doNotContactCredentials,
  };
}

/** Checks the options and fills in what they leave to the configuration. Throws a `MailError` that names the option. */
export function adminOptions(router: string, mail: Mail, options: AdminRouterOptions): ResolvedAdminOptions {
  checked(router, adminSchema, options);
  const config = configOf(mail);
  const { webhookCredentials, secretKeys } = options;
  const { database = config.database, publicUrl = saidUrl(config), publicPath, errors = 'page' } = options;
  if (database === undefined)
    throw refused(router, 'database', 'is needed: this mail carries no configuration.');
  return {
    ...publicOptions(mail, { webhookCredentials, secretKeys }),
    ...accessOptions(options),
    ...(publicUrl !== undefined && { publicUrl }),
    ...(publicPath !== undefined && { publicPath }),
    errors,
    database: config.production ? encryptedByDefault(database) : database,
  };
}

/** Those of the options that are about who may come in. */
function accessOptions({ authenticate, signInUrl, onUnauthenticated }: HostAccessOptions): HostAccessOptions {
  return {
    ...(authenticate && { authenticate }),
    ...(signInUrl !== undefined && { signInUrl }),
    ...(onUnauthenticated && { onUnauthenticated }),
  };
}

function configOf(mail: Mail): Partial<Config> {
  return carriedConfig(mail) ?? {};
}

// Where nobody says it, the configuration has the address of a stand-alone server, which is not the host's.
function saidUrl({ publicUrl, port }: Partial<Config>): string | undefined {
  return publicUrl === `http://localhost:${port}` ? undefined : publicUrl;
}

const madeUp = new WeakMap<Mail, readonly string[]>();

function keysMadeUpFor(mail: Mail): readonly string[] {
  const keys = madeUp.get(mail) ?? [randomBytes(32).toString('base64url')];
  madeUp.set(mail, keys);
  return keys;
}

/** What each option must be. A new one does not compile without. */
const expected = {
  webhookCredentials: 'a list of { user, password }',
  secretKeys: 'a list of keys of at least 32 characters, the newest first',
  authenticate: 'a function of the request',
  signInUrl: 'a path such as /login?next={return}, or an http or https URL',
  onUnauthenticated: 'a function of the request and the response',
  publicUrl: 'an http or https URL',
  publicPath: 'a path that begins with a slash',
  errors: "'page' or 'host'",
  database: 'a URL or settings of a database',
} satisfies Record<keyof AdminRouterOptions, string>;

const credential = Joi.object({ user: Joi.string().pattern(/^[^:]+$/), password: Joi.string() });

const shared = {
  webhookCredentials: Joi.array().items(credential.options({ presence: 'required' })),
  secretKeys: Joi.array().min(1).items(Joi.string().min(32)),
} satisfies Record<keyof SharedRouterOptions, Joi.Schema>;

const sharedSchema = Joi.object(shared);

const adminSchema = Joi.object({
  ...shared,
  authenticate: Joi.function(),
  signInUrl: Joi.string().pattern(/^(\/(?![/\\])|https?:\/\/)/),
  onUnauthenticated: Joi.function(),
  publicUrl: Joi.string().uri({ scheme: ['http', 'https'] }),
  publicPath: Joi.string().pattern(/^\//),
  errors: Joi.valid('page', 'host'),
  database: Joi.any(),
} satisfies Record<keyof AdminRouterOptions, Joi.Schema>).oxor('signInUrl', 'onUnauthenticated');

function checked(router: string, schema: Joi.ObjectSchema, options: object): void {
  const [fault] = schema.validate(options, { convert: false }).error?.details ?? [];
  if (!fault) return;
  const [name] = fault.path;
  if (fault.type === 'object.oxor')
    throw refused(router, 'signInUrl', 'and onUnauthenticated exclude each other: take one of them.');
  if (fault.type === 'object.unknown' || !isOption(name)) {
    const known = Object.keys(schema.describe().keys);
    const meant = nearestName(String(name), known);
    const help = meant ? `Did you mean ${meant}?` : `There are ${known.join(', ')}.`;
    throw refused(router, String(name), `is no option of it. ${help}`);
  }
  throw refused(router, name, `must be ${expected[name]}.`);
}

function isOption(name: unknown): name is keyof AdminRouterOptions {
  return typeof name === 'string' && Object.hasOwn(expected, name);
}

function refused(router: string, option: string, problem: string): MailError {
  return new MailError('invalid-input', `${router}: ${option} ${problem}`.trim(), option);
}
