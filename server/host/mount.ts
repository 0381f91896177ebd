import type { IncomingMessage } from 'node:http';

/** What tells where browsers see a router of ours. */
interface Mounted {
  headers: IncomingMessage['headers'];
  /** Path of the router as Express saw it, proxies aside. */
  baseUrl: string;
}

/**
 * The path under which browsers see a router of ours, without a slash at the end. A proxy may take a prefix off the path or
 * leave it on, and `publicUrl` may name the host or the router: each is told apart by comparing the two paths. Without it a
 * proxy's `X-Forwarded-Prefix` counts; it decides over nothing but the caller's own cookies and links.
 */
export function outsideMount({ headers, baseUrl }: Mounted, publicUrl: string | undefined): string {
  const known = withoutSlash(
    publicUrl && URL.canParse(publicUrl) ? new URL(publicUrl).pathname : prefixIn(headers),
  );
  if (known.endsWith(baseUrl)) return known;
  return baseUrl === known || baseUrl.startsWith(`${known}/`) ? baseUrl : known + baseUrl;
}

function prefixIn(headers: IncomingMessage['headers']): string {
  const prefix = headers['x-forwarded-prefix'];
  return typeof prefix === 'string' && /^(\/[\w.~-]+){1,8}\/?$/.test(prefix) ? prefix : '';
}

function withoutSlash(path: string): string {
  return path.replace(/(?<!\/)\/+$/, '');
}
