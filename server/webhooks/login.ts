import { matchesBasicAuth, matchesUrlLogin, readBasicAuth, type UrlLogin } from '../basic-auth.ts';
import type { WebhookCredential } from '../config/index.ts';
import type { Mail } from '../mail/index.ts';

/** How providers sign in at the webhooks. */
export interface WebhookLoginOptions {
  credentials: readonly WebhookCredential[];
  /** Sign the probe of ours. */
  secretKeys: readonly string[];
  /** `allow`: a sender that cannot do Basic auth may bring `?user=` and `?password=` in the URL. */
  passwordInUrl?: 'allow' | undefined;
}

/** Who may post events: by a credential of the configuration, or by a password that an admin made. */
export interface WebhookLogin {
  secretKeys: readonly string[];
  /** By an Authorization header. */
  accepts(header: string | undefined): Promise<boolean>;
  /** By the query of a URL; nobody, where that is not allowed. */
  acceptsInUrl(given: UrlLogin | null): Promise<boolean>;
}

/** See {@link WebhookLogin}. */
export function webhookLogin(
  { webhooks, webhookPasswords }: Pick<Mail, 'webhooks' | 'webhookPasswords'>,
  { credentials, secretKeys, passwordInUrl }: WebhookLoginOptions,
): WebhookLogin {
  const providers = webhooks.providers.map(({ key }) => key);
  return {
    secretKeys,
    async accepts(header) {
      if (matchesBasicAuth(header, credentials)) return true;
      const { user, password } = readBasicAuth(header);
      return user !== '' && webhookPasswords.accepts(user, password);
    },
    async acceptsInUrl(given) {
      if (passwordInUrl !== 'allow' || given === null) return false;
      if (matchesUrlLogin(given, credentials)) return true;
      // Those that admins make are made for a provider.
      for (const user of given.user === null ? providers : [given.user])
        if (await webhookPasswords.accepts(user, given.password)) return true;
      return false;
    },
  };
}
