import { isIP } from 'node:net';
import Joi from 'joi';
import type { DatabaseOptions } from '../../db/connect.ts';
import { databaseSettings, encryptedByDefault } from '../../db/database-options.ts';
import { isThisMachine } from '../../db/encryption.ts';
import { roles } from '../admin/person.ts';
import {
  type BrandOptions,
  type MailboxInput,
  policySchema,
  readMailbox,
  secondPersonActions,
  topicSchema,
  unsubscribeSchema,
} from '../mail/index.ts';
import type { MailOptions } from './options.ts';

/** What each option must be, in the words of a fault. */
export const expected: Readonly<Record<string, string>> = {
  database: 'a URL like mysql://user:password@host:3306/name',
  from: 'the sender, like "Shop <mail@shop.example>", from a domain verified at Postmark',
  'postmark.token': 'the server token from Postmark, under API Tokens',
  'postmark.apiUrl':
    'an https URL without a path (http outside production, and on this machine), or unset for https://api.postmarkapp.com',
  'postmark.smtpUrl': 'a URL like smtp://access-key:secret-key@smtp-broadcasts.postmarkapp.com:587, or unset',
  'postmark.smtpCa': 'a certificate in PEM, or unset',
  smtp: 'a URL like smtp://user:password@host:587',
  topics: 'a list of words like news, each of a-z, 0-9, - and _, at most 64',
  secondPerson: `true for everything, false, or a list of ${secondPersonActions.join(', ')} (with commas between them in the variable)`,
  secondPersonMail: 'a list of e-mail addresses (with commas between them in the variable)',
  unsubscribe: 'provider or own, or one of them for each stream by its name',
  templates: 'the path of a folder',
  publicUrl: 'the http or https URL under which this app is reached from outside',
  webhookCredentials:
    'user:password with 8 characters or more, or two such pairs while rotating (with a comma between them in the variable)',
  doNotContactCredentials:
    'user:password with 8 characters or more, or two such pairs while rotating (with a comma between them in the variable), or unset',
  secretKeys:
    'at least 32 random characters, or several such keys, the newest first (with commas between them in the variable)',
  logger: 'a logger like that of pino, or unset',
  logLevel: 'one of trace, debug, info, warn, error, fatal, silent',
  pagesAccess: 'accounts, or unset; open is for development, and refused in production',
  secondStep: `a list of the roles ${roles.join(', ')} (with commas between them in the variable)`,
  pagesUnencrypted: 'allow, or unset',
  webhookPasswordInUrl: 'allow, or unset',
  trustedProxies:
    'addresses or networks like 10.0.0.0/8, or loopback, linklocal, uniquelocal (with commas between them in the variable)',
  port: 'a port number, 1 to 65535',
};

/** The schema of `MailOptions`. Production takes no open pages and no unencrypted database, and secrets have to be given. */
export function optionsSchema({ production }: { production: boolean }): Joi.ObjectSchema {
  const secret = (schema: Joi.ArraySchema) => (production ? schema.required() : schema);
  return Joi.object({
    database: databaseSchema(production).required(),
    migrate: Joi.boolean(),
    postmark: postmarkSchema(production),
    servers: Joi.object().pattern(shortName, postmarkSchema(production).required()).min(1),
    brands: Joi.object().pattern(shortName, brandSchema),
    defaultBrand: Joi.string(),
    idempotencyScope: Joi.string().pattern(/^[a-z0-9-]{1,32}$/),
    from: Joi.string().custom(mailbox).required(),
    smtp: Joi.object().pattern(/^(?!postmark-)[a-z0-9-]{1,32}$/, smtpUrl),
    policy: policySchema,
    unsubscribe: unsubscribeSchema,
    topics: Joi.array().items(topicSchema),
    secondPerson: Joi.alternatives(
      Joi.boolean(),
      Joi.array()
        .items(Joi.valid(...secondPersonActions))
        .unique(),
    ),
    secondPersonMail: Joi.array().items(Joi.string().custom(mailbox)).max(50),
    templates: Joi.string(),
    publicUrl: url(['http', 'https']),
    webhookCredentials: secret(credentials),
    doNotContactCredentials: credentials,
    webhookPasswordInUrl: Joi.valid('allow'),
    secretKeys: secret(
      Joi.array()
        .items(Joi.string().pattern(/^[^,\s]{32,}$/))
        .min(1),
    ),
    logger: Joi.any().custom(logger),
    logLevel: Joi.string().valid('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    retry: Joi.object({
      firstDelayMs: Joi.number().integer().min(1),
      maxDelayMs: Joi.number().integer().min(1),
      maxAttempts: Joi.number().integer().min(1),
    }),
    timing: Joi.object({
      acceptLeaseMs: span,
      sendLeaseMs: span,
      unknownGraceMs: span,
      unknownRetryMs: span,
      unknownGiveUpMs: span,
      comparisonPatienceMs: span,
      retentionMs: span,
    }),
    production: Joi.boolean(),
    port: Joi.number().port().min(1),
    pagesAccess: production
      ? Joi.string().valid('accounts')
      : Joi.string().valid('accounts', 'open', 'until-account'),
    secondStep: Joi.array()
      .items(Joi.valid(...roles))
      .unique(),
    pagesUnencrypted: Joi.valid('allow'),
    trustedProxies: Joi.array().items(Joi.string().custom(proxy)).min(1),
    file: Joi.string().allow(null),
  })
    .nand('postmark', 'servers')
    .custom(references)
    .required()
    .prefs({ abortEarly: false, convert: false });
}

/** What one option says of another; that they are what they should be is checked elsewhere. */
function references(options: MailOptions, helper: Joi.CustomHelpers): unknown {
  const { servers = { postmark: {} }, brands = {}, defaultBrand } = options;
  const there = (all: unknown) => Object.keys(Object(all)).join(', ') || 'none';
  const faults = Object.entries<BrandOptions>(Object(brands)).flatMap(([name, brand]) => {
    const server: unknown = Object(brand).server;
    return typeof server !== 'string' || Object.hasOwn(Object(servers), server)
      ? []
      : `brands.${name}.server is not valid: there is no server ${server}; there are: ${there(servers)}.`;
  });
  if (typeof defaultBrand === 'string' && !Object.hasOwn(Object(brands), defaultBrand))
    faults.push(`defaultBrand is not valid: there is no brand ${defaultBrand}; there are: ${there(brands)}.`);
  return faults.length > 0 ? helper.error('options.references', { faults }) : options;
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

function hasHost({ hostname }: URL): boolean {
  return hostname !== '';
}

/** Its own check says more than that it is wrong. */
function databaseSchema(production: boolean): Joi.Schema {
  return Joi.any().custom((given: DatabaseOptions) => {
    const { url } = databaseSettings(production ? encryptedByDefault(given) : given);
    if (url !== undefined && new URL(url).pathname.length < 2)
      throw new Error('The database URL names no database: end it with /name.');
    return given;
  });
}

const smtpUrl = url(['smtp', 'smtps']);
/** Of a server or a brand: it becomes part of the names of streams, transports and templates. */
const shortName = /^[a-z][a-z0-9-]{0,30}$/;

// The token goes with every call. SMTP is never without TLS.
function postmarkSchema(production: boolean): Joi.ObjectSchema {
  const isKeptSecret = ({ protocol, hostname }: URL) =>
    !production || protocol === 'https:' || isThisMachine(hostname.replace(/^\[|\]$/g, ''));
  return Joi.object({
    token: Joi.string()
      .pattern(/^\S{8,100}$/)
      .required(),
    apiUrl: url(['http', 'https'], parsed => parsed.pathname === '/' && isKeptSecret(parsed)),
    smtpUrl,
    smtpCa: Joi.string(),
  });
}

const brandSchema = Joi.object({
  from: Joi.any().custom(mailbox),
  server: Joi.string(),
  values: Joi.object().pattern(/^[a-zA-Z][a-zA-Z0-9_]{0,63}$/, Joi.string().allow('').max(2000)),
  templates: Joi.string(),
});

const span = Joi.number().integer().min(1);

const credentialText = Joi.string().pattern(/^[^:,\s]+:[^,\s]{8,}$/);
const credentialPair = Joi.object({
  user: Joi.string()
    .pattern(/^[^:,\s]+$/)
    .required(),
  password: Joi.string()
    .pattern(/^[^,\s]{8,}$/)
    .required(),
});
const credentials = Joi.array().items(credentialText, credentialPair).min(1);

function logger(given: unknown, helper: Joi.CustomHelpers): unknown {
  const methods = given as Record<string, unknown> | null | undefined;
  const logs = ['info', 'warn', 'error'].every(level => typeof methods?.[level] === 'function');
  return logs ? given : helper.error('any.invalid');
}

function mailbox<T extends MailboxInput>(given: T): T {
  readMailbox(given, 'from');
  return given;
}

/** A name or network that Express takes as `trust proxy`. */
function proxy(text: string, helper: Joi.CustomHelpers): string | Joi.ErrorReport {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  const fits = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
  const isNetwork = family > 0 && fits && rest.length === 0;
  return isNetwork || ['loopback', 'linklocal', 'uniquelocal'].includes(text)
    ? text
    : helper.error('any.invalid');
}
