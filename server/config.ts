import { randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import Joi from 'joi';
import { type MailConfig, readMailbox } from './mail/index.ts';

/** A pair the webhook door accepts. */
export interface WebhookCredential {
  user: string;
  password: string;
}

/** Everything a process of ours needs to know. */
export interface Config extends MailConfig {
  postmark: NonNullable<MailConfig['postmark']>;
  webhookCredentials: WebhookCredential[];
  /** Where recipients and Postmark reach this app; no trailing slash. */
  publicUrl: string;
  /** Signing keys, the newest first. */
  secretKeys: string[];
  /**
   * `accounts`: people sign in. `open`: nobody has to. `until-account`: nobody has to at this machine, until somebody has
   * an account; in development, when nothing else is asked for.
   */
  pagesAccess: 'accounts' | 'open' | 'until-account';
  /** Proxies whose word on where a request comes from is taken, as Express's `trust proxy`. */
  trustedProxies: string[];
  port: number;
  production: boolean;
}

/** Wrong configuration: every fault in one list, each with how to correct it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** Exit code of a process that cannot start for it (EX_CONFIG of sysexits.h). */
  readonly exitCode = 78;
  readonly faults: string[];

  constructor(faults: string[]) {
    super(
      `The configuration has ${faults.length} fault(s):\n${faults.map(fault => `  - ${fault}`).join('\n')}`,
    );
    this.faults = faults;
  }
}

/** Reads and checks the environment. Throws a {@link ConfigError} with all faults at once. */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const production = env.NODE_ENV === 'production';
  const { value, faults } = check(environment(production), env);
  const smtp = smtpTransports(env, faults);
  if (faults.length > 0) throw new ConfigError([...new Set(faults)]);

  const port: number = value.PORT;
  return {
    database: value.DATABASE_URL,
    postmark: {
      token: value.POSTMARK_SERVER_TOKEN,
      apiUrl: value.POSTMARK_API_URL,
      smtpUrl: value.POSTMARK_SMTP_URL ?? serverTokenSmtp(value.POSTMARK_SERVER_TOKEN),
      ...(value.POSTMARK_SMTP_CA && { smtpCa: value.POSTMARK_SMTP_CA }),
    },
    smtp,
    from: value.MAIL_FROM,
    logLevel: value.LOG_LEVEL,
    templates: 'templates',
    webhookCredentials: credentials(value.WEBHOOK_CREDENTIALS),
    publicUrl: (value.PUBLIC_URL ?? `http://localhost:${port}`).replace(/\/+$/, ''),
    secretKeys: value.SECRET_KEY.split(','),
    pagesAccess: value.PAGES_ACCESS,
    trustedProxies: value.TRUSTED_PROXIES.split(',').map((proxy: string) => proxy.trim()),
    port,
    production,
  } satisfies Record<keyof Config, unknown>;
}

/** Reads and checks DATABASE_URL alone, for what needs nothing else. Throws a {@link ConfigError}. */
export function loadDatabaseUrl(env: Readonly<Record<string, string | undefined>>): string {
  const { value, faults } = check(Joi.object({ DATABASE_URL: databaseUrl }), env);
  if (faults.length > 0) throw new ConfigError(faults);
  return value.DATABASE_URL;
}

function check(schema: Joi.ObjectSchema, env: Readonly<Record<string, string | undefined>>) {
  const { error, value } = schema.validate(withoutEmpty(env), {
    abortEarly: false,
    allowUnknown: true,
    convert: true,
  });
  const faults = (error?.details ?? []).map(({ path, context }) =>
    faultOf(path[0] as Variable, context?.value !== undefined),
  );
  return { value, faults };
}

/** What each variable must be. A new one does not compile without. */
const expected = {
  DATABASE_URL: 'a URL like mysql://user:password@host:3306/name',
  POSTMARK_SERVER_TOKEN: 'the server token from Postmark, under API Tokens',
  POSTMARK_API_URL: 'an http or https URL without a path, or unset for https://api.postmarkapp.com',
  POSTMARK_SMTP_URL: 'a URL like smtp://access-key:secret-key@smtp-broadcasts.postmarkapp.com:587, or unset',
  POSTMARK_SMTP_CA: 'a certificate in PEM, or unset',
  MAIL_FROM: 'the sender, like "Shop <mail@shop.example>", from a domain verified at Postmark',
  WEBHOOK_CREDENTIALS: 'user:password, or two such pairs with a comma between them while rotating',
  PUBLIC_URL: 'the http or https URL under which this app is reached from outside',
  SECRET_KEY:
    'at least 32 random characters, or several such keys with commas between them, the newest first',
  PAGES_ACCESS: 'accounts, or unset; open is for development, and refused in production',
  TRUSTED_PROXIES:
    'addresses or networks like 10.0.0.0/8 with commas between them, or loopback, linklocal, uniquelocal',
  PORT: 'a port number, 1 to 65535',
  LOG_LEVEL: 'one of trace, debug, info, warn, error, fatal, silent',
  NODE_ENV: 'development, test or production',
};

type Variable = keyof typeof expected;

function faultOf(name: Variable, given: boolean): string {
  return `${name} ${given ? 'is not valid' : 'is missing'}: set it to ${expected[name]}.`;
}

function environment(production: boolean): Joi.ObjectSchema {
  const generated = () => randomBytes(32).toString('base64url');
  const neededInProduction = (schema: Joi.StringSchema, fallback: () => string) =>
    production ? schema.required() : schema.default(fallback);
  return Joi.object({
    DATABASE_URL: databaseUrl,
    POSTMARK_SERVER_TOKEN: Joi.string()
      .pattern(/^\S{8,100}$/)
      .required(),
    POSTMARK_API_URL: url(['http', 'https'], ({ pathname }) => pathname === '/').default(
      'https://api.postmarkapp.com',
    ),
    POSTMARK_SMTP_URL: smtpUrl,
    POSTMARK_SMTP_CA: Joi.string(),
    MAIL_FROM: Joi.string()
      .custom((from: string) => {
        readMailbox(from, 'MAIL_FROM');
        return from;
      })
      .required(),
    WEBHOOK_CREDENTIALS: neededInProduction(
      Joi.string().pattern(/^[^:,\s]+:[^,\s]{8,}(,[^:,\s]+:[^,\s]{8,})*$/),
      () => `postmark:${generated()}`,
    ),
    PUBLIC_URL: url(['http', 'https']),
    SECRET_KEY: neededInProduction(Joi.string().pattern(/^[^,\s]{32,}(,[^,\s]{32,})*$/), generated),
    PAGES_ACCESS: production
      ? Joi.string().valid('accounts').default('accounts')
      : Joi.string().valid('accounts', 'open').default('until-account'),
    TRUSTED_PROXIES: Joi.string().custom(proxies).default('loopback'),
    PORT: Joi.number().port().min(1).default(3000),
    LOG_LEVEL: Joi.string()
      .valid('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent')
      .default('info'),
    NODE_ENV: Joi.string().valid('development', 'test', 'production'),
  } satisfies Record<Variable, Joi.Schema>);
}

/** A URL with a host, credentials that can be read, and whatever else `fits` asks for; anything it throws is a fault. */
function url(schemes: string[], fits: (parsed: URL) => boolean = hasHost): Joi.StringSchema {
  return Joi.string()
    .uri({ scheme: schemes })
    .custom((text: string, helper) => {
      const parsed = new URL(text);
      decodeURIComponent(parsed.username + parsed.password);
      return fits(parsed) ? text : helper.error('any.invalid');
    });
}

/** The names and networks that Express takes as `trust proxy`. */
function proxies(list: string, helper: Joi.CustomHelpers): string | Joi.ErrorReport {
  const isNetwork = (text: string) => {
    const [address = '', bits, ...rest] = text.split('/');
    const family = isIP(address);
    const fits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
    return family > 0 && fits && rest.length === 0;
  };
  const known = new Set(['loopback', 'linklocal', 'uniquelocal']);
  const all = list.split(',').map(proxy => proxy.trim());
  return all.every(proxy => known.has(proxy) || isNetwork(proxy)) ? list : helper.error('any.invalid');
}

function hasHost({ hostname }: URL): boolean {
  return hostname !== '';
}

const smtpUrl = url(['smtp', 'smtps']);

const databaseUrl = url(
  ['mysql', 'mariadb'],
  ({ hostname, searchParams, pathname }) =>
    (hostname !== '' || searchParams.has('socketPath')) && pathname.length > 1,
).required();

/** An environment without its empty variables: how many shells and compose files say "not set". */
export function withoutEmpty(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
}

function smtpTransports(
  env: Readonly<Record<string, string | undefined>>,
  faults: string[],
): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [variable, text] of Object.entries(withoutEmpty(env))) {
    const [, given] = /^SMTP_URL_(.*)$/.exec(variable) ?? [];
    if (given === undefined || !text) continue;
    const name = given.toLowerCase().replaceAll('_', '-');
    if (!/^[A-Z0-9_]{1,32}$/.test(given) || name.startsWith('postmark-')) {
      faults.push(`${variable} is no name: use capitals, digits and _, at most 32, and not POSTMARK_ first.`);
    } else if (smtpUrl.validate(text).error) {
      faults.push(`${variable} is not valid: set it to a URL like smtp://user:password@host:587.`);
    } else {
      found[name] = text;
    }
  }
  return found;
}

function serverTokenSmtp(token: string): string {
  const secret = encodeURIComponent(token);
  return `smtp://${secret}:${secret}@smtp-broadcasts.postmarkapp.com:587`;
}

function credentials(list: string): WebhookCredential[] {
  return list.split(',').map(pair => {
    const colon = pair.indexOf(':');
    return { user: pair.slice(0, colon), password: pair.slice(colon + 1) };
  });
}
