import type { RecordType } from './payloads.ts';

/** What can be posted: the outbound events and inbound mail. */
export type PostedType = RecordType | 'Inbound';

/** One try of an event, as its receiver answered it. */
export interface Try {
  recordType: PostedType;
  /** 0: not reached in time. */
  status: number;
  ms: number;
  /** What it came to; `failed` when no further try follows. */
  result: 'taken' | 'retry' | 'failed';
}

/** Where events go. Read at each try, so that a change counts for what waits, too. */
export interface Target {
  /** Null: nobody listens any more, and what waits is given up. */
  readonly url: string | null;
  readonly headers: Readonly<Record<string, string>>;
  onTry?(outcome: Try): void;
}

/** An address without its userinfo, and the Authorization header that stands for given credentials or the userinfo. */
export function splitCredentials(
  address: string,
  given?: { username: string; password: string },
): { url: string; headers: Record<string, string> } {
  const url = new URL(address);
  const inUrl = { username: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  const { username, password } = given ?? inUrl;
  url.username = '';
  url.password = '';
  const basic = Buffer.from(`${username}:${password}`).toString('base64');
  return { url: url.href, headers: username === '' ? {} : { Authorization: `Basic ${basic}` } };
}
