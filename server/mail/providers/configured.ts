import { namedServer } from './named-server.ts';
import { createPostmark, type PostmarkConfig, postmarkRoutes } from './postmark/index.ts';
import type { DefaultRoutes, Provider } from './provider.ts';
import { createSmtpProvider } from './smtp/transport.ts';

/** Which providers there are. */
export interface ProviderConfig {
  postmark?: PostmarkConfig;
  /** In place of `postmark`, several by name; the one named `postmark` is what `postmark` alone would be. */
  servers?: Readonly<Record<string, PostmarkConfig>>;
  /** Further SMTP servers by transport name. */
  smtp: Record<string, string>;
}

/** The providers that the configuration names: the one place outside their folders that knows them. */
export function configuredProviders({ postmark, servers, smtp }: ProviderConfig): Provider[] {
  return [
    ...Object.entries(servers ?? (postmark ? { postmark } : {})).map(([name, server]) =>
      serverNamed(name, createPostmark(server)),
    ),
    ...Object.entries(smtp).map(([name, url]) => createSmtpProvider(name, url)),
  ];
}

function serverNamed(name: string, server: Provider): Provider {
  return name === server.key ? server : namedServer(server, name);
}

/** Those of the provider that a policy is written for when nothing else is said. */
export const standardRoutes: DefaultRoutes = postmarkRoutes;
