import type { Config } from './config.ts';
import { ConfigError } from './config-error.ts';
import { variableOf } from './variables.ts';

/**
 * Throws a {@link ConfigError} for a stand-alone server in production whose pages are not reached by https: whoever is on the
 * way would read passwords, and take over sessions by their cookies.
 */
export function requirePrivatePages({
  production,
  publicUrl,
  pagesUnencrypted,
}: Pick<Config, 'production' | 'publicUrl' | 'pagesUnencrypted'>): void {
  if (!production || pagesUnencrypted === 'allow' || publicUrl.startsWith('https:')) return;
  throw new ConfigError([
    `${variableOf('publicUrl')} must be an https URL in production, and it is ${publicUrl}: put a proxy with a certificate in ` +
      'front of this server, and set it to the address that browsers use. Where the network between browsers and this ' +
      `server is private, waive it by name: ${variableOf('pagesUnencrypted')}=allow.`,
  ]);
}
