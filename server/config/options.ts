import type { Role } from '../admin/person.ts';
import type {
  BrandOptions,
  MailConfig,
  PolicyOptions,
  SecondPersonAction,
  UnsubscribeOptions,
} from '../mail/index.ts';

/** A pair that the webhooks accept, or another route with Basic auth. */
export interface WebhookCredential {
  user: string;
  /** 8 characters or more. */
  password: string;
}

/** A server of Postmark. */
export interface PostmarkOptions {
  /** The server token, for API and SMTP. Variable `POSTMARK_SERVER_TOKEN`. */
  token?: string | undefined;
  /** Default `https://api.postmarkapp.com`. Variable `POSTMARK_API_URL`. */
  apiUrl?: string | undefined;
  /**
   * SMTP for bulk mail, with the keys of an SMTP token in it. Default `smtp-broadcasts.postmarkapp.com:587` with the server
   * token. Variable `POSTMARK_SMTP_URL`.
   */
  smtpUrl?: string | undefined;
  /** A certificate to trust beside the system's, PEM: for a local Postmark. Variable `POSTMARK_SMTP_CA`. */
  smtpCa?: string | undefined;
}

/**
 * The one configuration of app, worker and command line. Everything may be left to the environment or to a default but
 * the database, the Postmark server and the sender. What is said here stands; the environment fills in what is left out,
 * `POSTLANE_X` before `X`.
 */
export interface MailOptions {
  /**
   * `mysql://user:password@host:port/name`. Variable `DATABASE_URL`. In production it has to be encrypted or on this machine;
   * `{ url, unencrypted: 'allow' }` waives that, and so does the variable `POSTLANE_DATABASE_UNENCRYPTED=allow`.
   */
  database?: MailConfig['database'] | undefined;
  /** False when the schema is brought up to date elsewhere, by `postlane migrate`. Default true. */
  migrate?: boolean | undefined;

  /** Default sender, as `Shop <mail@shop.example>`. Variable `MAIL_FROM`. */
  from?: string | undefined;
  postmark?: PostmarkOptions | undefined;
  /**
   * Several servers in place of `postmark`, each by its name: a-z, 0-9 and hyphens. Variables with the name at
   * their end, such as `POSTMARK_SERVER_TOKEN_OUTLET`; without it `POSTMARK_API_URL` and `POSTMARK_SMTP_CA` are for all. A
   * policy's `postmark-api` and `postmark-smtp` are those of a message's own server, and its streams are called
   * `outlet/broadcast`; of a server named `postmark` all is as with `postmark` alone. Mail whose brand names no server goes
   * by that one, else by the first.
   */
  servers?: Readonly<Record<string, PostmarkOptions>> | undefined;
  /** In whose name mail goes out, by the name that `mail.send({ brand })` gives. */
  brands?: Readonly<Record<string, BrandOptions>> | undefined;
  /** The brand of mail that names none. */
  defaultBrand?: string | undefined;
  /**
   * Keeps the idempotency keys of this app apart from those of another app on the same database. Those of a brand other than
   * the default one are apart anyway. Default none.
   */
  idempotencyScope?: string | undefined;
  /** Further SMTP servers as URLs, by the name of their transport. Variables `SMTP_URL_<NAME>`. */
  smtp?: Readonly<Record<string, string>> | undefined;
  /**
   * Whose link recipients of bulk mail unsubscribe by: one word for all of it, or a word for each stream by its name, which of
   * a named server is `outlet/broadcast`. `provider`: the provider's own; who follows it is on its list of that stream.
   * `own`: to our page at `publicUrl`, with the headers for one click in mail clients; it ends the topic of that mail alone,
   * and takes the stream to be set to Custom unsubscribes at Postmark, which their support has to approve. Default `provider`
   * by Postmark, and `own` by every other transport, as it puts in no link.
   */
  unsubscribe?: UnsubscribeOptions | undefined;
  /** Which category of mail takes which route. */
  policy?: PolicyOptions | undefined;
  /**
   * What people subscribe to, in a-z, 0-9, - and _. With a list any other topic is refused, and `postlane types`
   * writes their types. Default: any topic is taken.
   */
  topics?: readonly string[] | undefined;
  /**
   * What takes a second person on the pages, one who has not prepared it: `templates.publish`, `campaigns.launch`,
   * `users.role`; `true` for all of them. Default none. Variable `POSTLANE_SECOND_PERSON`, with commas between them.
   */
  secondPerson?: boolean | readonly SecondPersonAction[] | undefined;
  /**
   * Addresses that are told when something waits for a second person, where people are the host's: accounts of our own are
   * told by their roles. Variable `POSTLANE_SECOND_PERSON_MAIL`, with commas between them.
   */
  secondPersonMail?: readonly string[] | undefined;
  /** Folder of the template files: from the configuration file's folder on, or the working directory's. Default `templates`. */
  templates?: string | undefined;

  /** Where recipients, browsers and Postmark reach the routers, with the path they are mounted on. Variable `POSTLANE_PUBLIC_URL`. */
  publicUrl?: string | undefined;
  /**
   * What Postmark's webhooks sign in with: pairs, or texts like `user:password`; two while rotating. Variable
   * `WEBHOOK_CREDENTIALS`; made up at each start where there are none, but in production.
   */
  webhookCredentials?: readonly (WebhookCredential | string)[] | undefined;
  /**
   * `allow`: senders of events that cannot do Basic auth may bring `?user=` and `?password=` in the webhook's URL, which
   * proxies and servers on the way may log. Refused by default. Variable `POSTLANE_WEBHOOK_PASSWORD_IN_URL`.
   */
  webhookPasswordInUrl?: 'allow' | undefined;
  /**
   * What your own systems sign in with to report by `POST /api/DoNotContact/ProcessUnsubscribe` who wants no more mail but the
   * essential: pairs, or texts like `user:password`; two while rotating. Without any there is no such route. Variable
   * `DO_NOT_CONTACT_CREDENTIALS`.
   */
  doNotContactCredentials?: readonly (WebhookCredential | string)[] | undefined;
  /**
   * They sign forms and encrypt the secrets of authenticator apps: 32 characters or more each, the newest first. Variable
   * `POSTLANE_SECRET_KEY`; made up at each start where there are none, but in production.
   */
  secretKeys?: readonly string[] | undefined;

  /** Where the module logs; by default to standard output as lines of JSON. */
  logger?: MailConfig['logger'];
  /** Of our own log: trace, debug, info, warn, error, fatal or silent. Default `info`. Variable `POSTLANE_LOG_LEVEL`. */
  logLevel?: string | undefined;
  /** When and how often an attempt is repeated. */
  retry?: MailConfig['retry'] | undefined;
  /** Leases, patience and retention, in ms. */
  timing?: MailConfig['timing'] | undefined;
  /** Whether this is production, where secrets have to be given. Default: whether `NODE_ENV` is `production`. */
  production?: boolean | undefined;

  /** Port of the stand-alone server. Default 3000. Variable `POSTLANE_PORT`. */
  port?: number | undefined;
  /**
   * Of the stand-alone server. `accounts`: people sign in. `open`: nobody has to. `until-account`: nobody has to at this
   * machine, until somebody has an account; the default in development. Variable `POSTLANE_PAGES_ACCESS`.
   */
  pagesAccess?: 'accounts' | 'open' | 'until-account' | undefined;
  /**
   * Of the stand-alone server: roles that need two-factor authentication, such as `['publisher', 'admin']`. Who has one of
   * them sets it up before anything else. Default none. Variable `POSTLANE_SECOND_STEP`, with commas between them.
   */
  secondStep?: readonly Role[] | undefined;
  /**
   * Of the stand-alone server: `allow` lets it start in production with a `publicUrl` that is not https, where the network
   * between it and every browser is private. Variable `POSTLANE_PAGES_UNENCRYPTED`.
   */
  pagesUnencrypted?: 'allow' | undefined;
  /**
   * Of the stand-alone server: proxies whose word on where a request comes from is taken, as Express's `trust proxy`. Default
   * `['loopback']`. Variable `POSTLANE_TRUSTED_PROXIES`.
   */
  trustedProxies?: readonly string[] | undefined;

  /** The file that it was read from; set by whatever reads the file. */
  file?: string | null | undefined;
}

/**
 * The configuration, for `export default` in a `postlane.config.ts`, `.js`, `.mjs` or `.cjs`, or to be handed to `createMail`
 * and `startWorker`. It is checked where it is used; here it is only given its type.
 */
export function defineMail(options: MailOptions): MailOptions {
  return options;
}
