import { type Config, type MailOptions, resolveConfig } from './config/index.ts';
import { type Mail, type MailDeps, createMail as openMail } from './mail/index.ts';

/** The package's door: `import { createMail, defineMail } from 'postlane'`. */
export {
  type Config,
  ConfigError,
  type ConfigSource,
  defineMail,
  findConfig,
  loadConfig,
  type MailOptions,
  type PostmarkOptions,
  type WebhookCredential,
} from './config/index.ts';
export * from './mail/index.ts';

/**
 * Opens the module: connects and brings the schema up to date. `options` is what `defineMail` or `loadConfig` returned; without
 * it the nearest `postlane.config.*` counts. Throws a `ConfigError` with all faults at once, and when the database cannot be
 * reached or migrated.
 */
export async function createMail(options?: MailOptions | Config, deps: MailDeps = {}): Promise<Mail> {
  return openMail(await resolveConfig(options), deps);
}
