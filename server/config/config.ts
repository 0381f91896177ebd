import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { encryptedByDefault } from '../../db/database-options.ts';
import type { Role } from '../admin/person.ts';
import type { MailConfig } from '../mail/index.ts';
import { ConfigError } from './config-error.ts';
import { faultOf, faultsOf } from './faults.ts';
import type { MailOptions, PostmarkOptions, WebhookCredential } from './options.ts';
import { optionsSchema } from './schema.ts';
import { type Environment, readVariables, saysProduction } from './variables.ts';

/** Everything a process of ours needs to know: {@link MailOptions} with nothing left out. It can be handed over as such again. */
export interface Config extends Omit<MailConfig, 'postmark'> {
  /** By name; the one that `postmark` says alone is called so. */
  servers: NonNullable<MailConfig['servers']>;
  webhookCredentials: WebhookCredential[];
  /** No slash at its end. */
  publicUrl: string;
  secretKeys: string[];
  pagesAccess: 'accounts' | 'open' | 'until-account';
  pagesUnencrypted?: 'allow' | undefined;
  webhookPasswordInUrl?: 'allow' | undefined;
  /** What the do-not-contact route is signed in at with; without any there is none. */
  doNotContactCredentials?: WebhookCredential[] | undefined;
  trustedProxies: string[];
  secondStep: Role[];
  port: number;
  production: boolean;
  /** The file that it was read from; null when it was handed over in code or came from the environment alone. */
  file: string | null;
}

/**
 * Checks the options, with the environment for what they leave out. Throws a {@link ConfigError} with all faults at once.
 * Relative folders begin at the folder of `options.file`, or at the working directory.
 */
export function loadConfig(env: Environment, options: MailOptions = {}): Config {
  const { given, names } = completed(env, options);
  const production = isProduction(env, given);
  const schema = optionsSchema({ production });
  const { error, value } = schema.validate(given);
  if (error)
    throw new ConfigError([...new Set(error.details.flatMap(detail => faultsOf(schema, detail, names)))]);
  return configOf(value, production);
}

/** The database alone, for what needs nothing else, by the same rules. Throws a {@link ConfigError}. */
export function loadDatabase(env: Environment, options: MailOptions = {}): MailConfig['database'] {
  const { given, names } = completed(env, options);
  const production = isProduction(env, given);
  const schema = optionsSchema({ production });
  const faults = schema.validate(given).error?.details.filter(({ path: [top] }) => top === 'database') ?? [];
  if (faults.length > 0) throw new ConfigError(faults.map(detail => faultOf(schema, detail, names)));
  return databaseIn(given, production);
}

/** What can be read of a configuration that may have faults: for a diagnosis. */
export interface ReadableConfig {
  /** With the default, or nothing, where an option is missing or wrong. */
  config: Config;
  /** The options that somebody gave, right or wrong. */
  given: ReadonlySet<string>;
  /** Those that are missing or wrong, and what is to be done about each. */
  wrong: ReadonlySet<string>;
  faults: readonly string[];
}

/** Reads what can be read, and never throws for what is wrong with an option. See {@link ReadableConfig}. */
export function loadReadable(env: Environment, options: MailOptions = {}): ReadableConfig {
  const { given, names } = completed(env, options);
  const production = isProduction(env, given);
  const schema = optionsSchema({ production });
  const details = schema.validate(given).error?.details ?? [];
  const wrong = new Set(details.map(({ path: [top] }) => String(top)));
  const right = Object.fromEntries(Object.entries(given).filter(([option]) => !wrong.has(option)));
  return {
    config: configOf({ from: 'nobody@invalid.example', ...right }, production),
    given: new Set(Object.keys(given)),
    wrong,
    faults: [...new Set(details.flatMap(detail => faultsOf(schema, detail, names)))],
  };
}

function isProduction(env: Environment, { production }: MailOptions): boolean {
  return typeof production === 'boolean' ? production : saysProduction(env);
}

function databaseIn({ database }: MailOptions, production: boolean): MailConfig['database'] {
  const given = database as MailConfig['database'];
  return production ? encryptedByDefault(given) : given;
}

/** The options with what the environment says of those that are left out, and the variable that each of these is from. */
function completed(
  env: Environment,
  options: MailOptions,
): { given: MailOptions; names: Map<string, string> } {
  if (!isRecord(options))
    throw new ConfigError(['The configuration is not an object; export what defineMail returns.']);
  const own = withoutUndefined(options);
  const given: Record<string, unknown> = own.servers === undefined ? { postmark: {}, ...own } : { ...own };
  const names = new Map<string, string>();
  const variables = readVariables(env).flatMap(({ option, ...rest }) =>
    optionsOf(option, own.servers).map(place => ({ place, isOwn: place === option, ...rest })),
  );
  // What is said of one server wins over what is said for all, and a part needs the whole.
  const order = ({ place, isOwn }: (typeof variables)[number]) => (isOwn ? 0 : 100) + place.split('.').length;
  for (const { place, name, value } of variables.sort((a, b) => order(a) - order(b)))
    if (fillIn(given, place.split('.'), value)) names.set(place, name);
  return { given, names };
}

/** Where a variable's value belongs: what is for Postmark is for each server, but the secrets, which are one server's. */
function optionsOf(option: string, servers: unknown): string[] {
  const [top = '', below = '', last] = option.split('.');
  const listed = isRecord(servers) ? Object.keys(servers) : [];
  if (top === 'servers') return last !== undefined && listed.includes(below) ? [option] : [];
  if (top !== 'postmark' || servers === undefined) return [option];
  const isSecret = below === 'token' || below === 'smtpUrl';
  return listed.filter(name => !isSecret || name === 'postmark').map(name => `servers.${name}.${below}`);
}

/** Sets an option that is left out, in copies of what is around it; false where it is there. */
function fillIn(
  parent: Record<string, unknown>,
  [key = '', ...below]: readonly string[],
  value: unknown,
): boolean {
  if (below.length === 0) {
    if (Object.hasOwn(parent, key)) return false;
    parent[key] = value;
    return true;
  }
  const child = key === 'database' ? databaseRecord(parent[key]) : copied(parent[key] ?? {});
  if (!isRecord(child) || !fillIn(child, below, value)) return false;
  parent[key] = child;
  return true;
}

function configOf(options: MailOptions & { from: string }, production: boolean): Config {
  const {
    port = 3000,
    publicUrl = `http://localhost:${port}`,
    file = null,
    templates = 'templates',
  } = options;
  const absolute = (folder: string) => path.resolve(file === null ? '.' : path.dirname(file), folder);
  const servers = options.servers ?? { postmark: options.postmark ?? {} };
  return {
    database: databaseIn(options, production),
    from: options.from,
    servers: Object.fromEntries(Object.entries(servers).map(([name, one]) => [name, serverOf(one)])),
    smtp: { ...options.smtp },
    templates: absolute(templates),
    publicUrl: publicUrl.replace(/(?<!\/)\/+$/, ''),
    webhookCredentials: (options.webhookCredentials ?? [`postmark:${generated()}`]).map(credential),
    secretKeys: [...(options.secretKeys ?? [generated()])],
    logLevel: options.logLevel ?? 'info',
    production,
    port,
    pagesAccess: options.pagesAccess ?? (production ? 'accounts' : 'until-account'),
    secondStep: [...(options.secondStep ?? [])],
    trustedProxies: [...(options.trustedProxies ?? ['loopback'])],
    file,
    ...withoutUndefined({
      migrate: options.migrate,
      pagesUnencrypted: options.pagesUnencrypted,
      webhookPasswordInUrl: options.webhookPasswordInUrl,
      doNotContactCredentials: options.doNotContactCredentials?.map(credential),
      policy: options.policy,
      unsubscribe: options.unsubscribe,
      topics: options.topics,
      secondPerson: options.secondPerson,
      secondPersonMail: options.secondPersonMail,
      brands: options.brands && brandsOf(options.brands, absolute),
      defaultBrand: options.defaultBrand,
      idempotencyScope: options.idempotencyScope,
      logger: options.logger,
      retry: options.retry,
      timing: options.timing,
    }),
  } satisfies Record<Exclude<keyof MailOptions, 'postmark'>, unknown>;
}

function serverOf({ token = '', apiUrl, smtpUrl, smtpCa }: PostmarkOptions): Config['servers'][string] {
  return {
    token,
    apiUrl: apiUrl ?? 'https://api.postmarkapp.com',
    smtpUrl: smtpUrl ?? serverTokenSmtp(token),
    ...(smtpCa && { smtpCa }),
  };
}

function brandsOf(
  brands: NonNullable<MailOptions['brands']>,
  absolute: (folder: string) => string,
): NonNullable<MailOptions['brands']> {
  const entries = Object.entries(brands).map(([name, { templates, ...brand }]) => [
    name,
    { ...brand, ...(templates !== undefined && { templates: absolute(templates) }) },
  ]);
  return Object.fromEntries(entries);
}

function generated(): string {
  return randomBytes(32).toString('base64url');
}

function serverTokenSmtp(token: string): string {
  const secret = encodeURIComponent(token);
  return `smtp://${secret}:${secret}@smtp-broadcasts.postmarkapp.com:587`;
}

function credential(given: WebhookCredential | string): WebhookCredential {
  if (typeof given !== 'string') return given;
  const colon = given.indexOf(':');
  return { user: given.slice(0, colon), password: given.slice(colon + 1) };
}

// A URL has no parts, and no database has none.
function databaseRecord(database: unknown): unknown {
  return typeof database === 'string' ? { url: database } : copied(database);
}

/** A copy of an object; anything else as it is, for the check to refuse. */
function copied(value: unknown): unknown {
  return isRecord(value) ? withoutUndefined(value) : value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withoutUndefined<T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as never;
}
