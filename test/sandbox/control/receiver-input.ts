/** Where events shall go from now on. */
export interface ReceiverInput {
  url: string | null;
  credentials?: { username: string; password: string };
}

/** Checks a receiver that came as JSON; a text says what is wrong with it. */
export function readReceiver(body: unknown): ReceiverInput | string {
  const { url, username, password } = Object(body) as Record<string, unknown>;
  if (url === null) return { url };
  if (typeof url !== 'string' || !URL.canParse(url)) return 'url must be an address or null.';
  if (username === undefined) return { url };
  if (typeof username !== 'string' || typeof password !== 'string')
    return 'username and password must be texts.';
  return { url, credentials: { username, password } };
}
