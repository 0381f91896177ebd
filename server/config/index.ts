import { type Config, loadConfig } from './config.ts';
import { readConfigFile } from './config-file.ts';
import type { MailOptions } from './options.ts';
import type { Environment } from './variables.ts';

export { type Config, loadConfig, loadDatabase, loadReadable, type ReadableConfig } from './config.ts';
export { ConfigError } from './config-error.ts';
export { defineMail, type MailOptions, type PostmarkOptions, type WebhookCredential } from './options.ts';
export { requirePrivatePages } from './private-pages.ts';
export { type Environment, variableOf, withoutEmpty } from './variables.ts';

/** Where a configuration is looked for. */
export interface ConfigSource {
  /** Default `process.env`. */
  env?: Environment | undefined;
  /** The folder to begin at; the nearest `postlane.config.*` above counts. Default the working directory. */
  cwd?: string | undefined;
  /** The file itself; else the variable `POSTLANE_CONFIG` may name it. */
  file?: string | undefined;
}

/**
 * The configuration of this process: its `postlane.config.*`, where it has one, and the environment. Throws a
 * `ConfigError` with all faults at once.
 */
export async function findConfig(source: ConfigSource = {}): Promise<Config> {
  return loadConfig(source.env ?? process.env, await findOptions(source));
}

/** What the configuration file says, unchecked; nothing where there is none. */
export async function findOptions({ env = process.env, cwd = process.cwd(), file }: ConfigSource = {}) {
  const named = file ?? (env.POSTLANE_CONFIG?.trim() || undefined);
  return (await readConfigFile({ cwd, file: named })) ?? {};
}

/** The configuration that was handed over in code, completed by the environment; without it, that of {@link findConfig}. */
export async function resolveConfig(options?: MailOptions): Promise<Config> {
  return options === undefined ? findConfig() : loadConfig(process.env, options);
}
