import { Errors, ServerClient } from 'postmark';
import { withLongNumbersAsTexts } from '../json-text.ts';
import { PlainError } from '../transport.ts';
import { markingFetch } from './outcomes.ts';

/** How to reach Postmark's API. */
export interface PostmarkApiOptions {
  token: string;
  /** Base, `https://api.postmarkapp.com` or a local one. */
  url: string;
  /** Deadline of one call, in ms. */
  timeoutMs?: number;
}

/** The client for sending and asking. The library's own deadline is three minutes; ours is given in ms. */
export function postmarkClient({ token, url, timeoutMs = 30_000 }: PostmarkApiOptions): ServerClient {
  const { protocol, host } = new URL(url);
  return new ServerClient(token, {
    useHttps: protocol === 'https:',
    requestHost: host,
    timeout: timeoutMs / 1000,
    fetch: exactFetch,
  });
}

/** Ids of bounces have 64 bits: as numbers, those in lists would not be those that were posted. */
async function exactFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await markingFetch(input, init);
  if (init?.method !== undefined && init.method !== 'GET') return response;
  const text = await response.text();
  return new Response(text === '' ? null : withLongNumbersAsTexts(text), response);
}

/** `work`, whose refusal by Postmark becomes a {@link PlainError}; whatever else it fails with stays. */
export async function inPlainWords<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof Errors.PostmarkError && error.statusCode > 0
      ? new PlainError(wordsOf(error), { cause: error })
      : error;
  }
}

function wordsOf({ statusCode, code }: Errors.PostmarkError): string {
  if (statusCode === 401 || code === 10) return 'Postmark does not accept the server token.';
  if (statusCode === 403 || code === 1480)
    return 'Postmark does not let this address in: see the allowlist of the server.';
  if (statusCode === 429) return 'Postmark asks to wait: too many requests.';
  if (statusCode >= 500) return `Postmark has trouble of its own (HTTP ${statusCode}). Try again later.`;
  return `Postmark refuses it (HTTP ${statusCode}, code ${code}).`;
}
