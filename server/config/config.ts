import { randomBytes } from 'node:crypto';
import path from 'node:path';
import type Joi from 'joi';
import { faultText, type MailConfig } from '../mail/index.ts';
import { ConfigError } from './config-error.ts';
import type { MailOptions, WebhookCredential } from './options.ts';
import { expected, optionsSchema } from './schema.ts';
import { type Environment, readVariables, saysProduction, variableOf } from './variables.ts';

/** Everything a process of ours needs to know: {@link MailOptions} with nothing left out. It can be handed over as such again. */
export interface Config extends MailConfig {
  postmark: NonNullable<MailConfig['postmark']>;
  webhookCredentials: WebhookCredential[];
  /** No slash at its end. */
  publicUrl: string;
  secretKeys: string[];
  pagesAccess: 'accounts' | 'open' | 'until-account';
  trustedProxies: string[];
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
  const production = typeof given.production === 'boolean' ? given.production : saysProduction(env);
  const schema = optionsSchema({ production });
  const { error, value } = schema.validate(given);
  if (error) throw new ConfigError([...new Set(error.details.map(detail => faultOf(schema, detail, names)))]);
  return configOf(value, production);
}

/** The database alone, for what needs nothing else, by the same rules. Throws a {@link ConfigError}. */
export function loadDatabase(env: Environment, options: MailOptions = {}): MailConfig['database'] {
  const { given, names } = completed(env, options);
  const schema = optionsSchema({ production: false });
  const faults = schema.validate(given).error?.details.filter(({ path: [top] }) => top === 'database') ?? [];
  if (faults.length > 0) throw new ConfigError(faults.map(detail => faultOf(schema, detail, names)));
  return given.database as MailConfig['database'];
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
  const production = typeof given.production === 'boolean' ? given.production : saysProduction(env);
  const schema = optionsSchema({ production });
  const details = schema.validate(given).error?.details ?? [];
  const wrong = new Set(details.map(({ path: [top] }) => String(top)));
  const right = Object.fromEntries(Object.entries(given).filter(([option]) => !wrong.has(option)));
  return {
    config: configOf({ from: 'nobody@invalid.example', ...right }, production),
    given: new Set(Object.keys(given)),
    wrong,
    faults: [...new Set(details.map(detail => faultOf(schema, detail, names)))],
  };
}

/** The options with what the environment says of those that are left out, and the variable that each of these is from. */
function completed(
  env: Environment,
  options: MailOptions,
): { given: MailOptions; names: Map<string, string> } {
  if (!isRecord(options))
    throw new ConfigError(['The configuration is not an object; export what defineMail returns.']);
  const given: Record<string, unknown> = { postmark: {}, ...withoutUndefined(options) };
  const names = new Map<string, string>();
  for (const { option, name, value } of readVariables(env)) {
    const [top = '', below] = option.split('.');
    const parent = below === undefined ? given : copied(given[top] ?? {});
    const key = below ?? top;
    if (!isRecord(parent) || Object.hasOwn(parent, key)) continue;
    parent[key] = value;
    if (below !== undefined) given[top] = parent;
    names.set(option, name);
  }
  return { given, names };
}

/** One fault, by the name under which whoever wrote it knows it. */
function faultOf(
  schema: Joi.Schema,
  detail: Joi.ValidationErrorItem,
  names: ReadonlyMap<string, string>,
): string {
  const [top = '', below] = detail.path.map(String);
  const option = [`${top}.${below}`, top].find(one => names.has(one) || one in expected) ?? top;
  const name = names.get(option);
  if (detail.type === 'any.required' && option in expected)
    return `${variableOf(option) ?? option} is missing: set it to ${expected[option]}.`;
  if (detail.type === 'object.unknown')
    return top === 'smtp' ? noTransportName(name ?? option) : faultText(schema, detail);
  if (option === 'database' && detail.context?.error)
    return `${name ?? option} is not valid: ${detail.context.error.message}`;
  const what = expected[option] ?? (top === 'smtp' ? expected.smtp : undefined);
  return what
    ? `${name ?? (top === 'smtp' ? detail.path.join('.') : option)} is not valid: set it to ${what}.`
    : faultText(schema, detail);
}

function noTransportName(name: string): string {
  return `${name} is no name for a transport: use letters, digits and - (in a variable capitals and _), at most 32, and not postmark- first.`;
}

function configOf(options: MailOptions & { from: string }, production: boolean): Config {
  const {
    port = 3000,
    publicUrl = `http://localhost:${port}`,
    file = null,
    templates = 'templates',
  } = options;
  const { token = '', apiUrl, smtpUrl, smtpCa } = options.postmark ?? {};
  return {
    database: options.database as MailConfig['database'],
    from: options.from,
    postmark: {
      token,
      apiUrl: apiUrl ?? 'https://api.postmarkapp.com',
      smtpUrl: smtpUrl ?? serverTokenSmtp(token),
      ...(smtpCa && { smtpCa }),
    },
    smtp: { ...options.smtp },
    templates: path.resolve(file === null ? '.' : path.dirname(file), templates),
    publicUrl: publicUrl.replace(/\/+$/, ''),
    webhookCredentials: (options.webhookCredentials ?? [`postmark:${generated()}`]).map(credential),
    secretKeys: [...(options.secretKeys ?? [generated()])],
    logLevel: options.logLevel ?? 'info',
    production,
    port,
    pagesAccess: options.pagesAccess ?? (production ? 'accounts' : 'until-account'),
    trustedProxies: [...(options.trustedProxies ?? ['loopback'])],
    file,
    ...withoutUndefined({
      migrate: options.migrate,
      poolSize: options.poolSize,
      policy: options.policy,
      logger: options.logger,
      retry: options.retry,
      timing: options.timing,
    }),
  } satisfies Record<keyof MailOptions, unknown>;
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
