import { createPostmark, type PostmarkConfig, postmarkRoutes } from './postmark/index.ts';
import type { DefaultRoutes, Provider } from './provider.ts';
import { createSmtpProvider } from './smtp/transport.ts';

/** Which providers there are. */
export interface ProviderConfig {
  postmark?: PostmarkConfig;
  /** Further SMTP servers by transport name. */
  smtp: Record<string, string>;
}

/** The providers that the configuration names: the one place outside their folders that knows them. */
export function configuredProviders({ postmark, smtp }: ProviderConfig): Provider[] {
  return [
    ...(postmark ? [createPostmark(postmark)] : []),
    ...Object.entries(smtp).map(([name, url]) => createSmtpProvider(name, url)),
  ];
}

/** Those of the provider that a policy is written for when nothing else is said. */
export const standardRoutes: DefaultRoutes = postmarkRoutes;
