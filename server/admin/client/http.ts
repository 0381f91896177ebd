import { find } from './page.ts';

/** What came back from the server, or why nothing did. */
export type Answer<Body> =
  | { state: 'done'; body: Body }
  /** Somebody else changed it first. */
  | { state: 'conflict'; body: Body }
  /** The session is over; what was sent is not stored. */
  | { state: 'signed-out' }
  | { state: 'refused'; message: string }
  | { state: 'unreachable' };

/** Sends fields as a form does and reads JSON. An aborted request throws, as fetch does. */
export async function post<Body>(
  url: string,
  fields: URLSearchParams,
  signal?: AbortSignal,
): Promise<Answer<Body>> {
  const first = await send(url, fields, signal);
  // The session changed in another tab, and its forms with it.
  const response = first?.status === 403 && (await renewToken()) ? await send(url, fields, signal) : first;
  return answerOf(response);
}

async function send(url: string, fields: URLSearchParams, signal?: AbortSignal): Promise<Response | null> {
  const headers = { Accept: 'application/json', 'X-CSRF-Token': token().content };
  try {
    return await fetch(url, { method: 'POST', headers, body: fields, ...(signal && { signal }) });
  } catch (error) {
    if (signal?.aborted) throw error;
    return null;
  }
}

async function answerOf<Body>(response: Response | null): Promise<Answer<Body>> {
  if (!response) return { state: 'unreachable' };
  const body = await response.json().catch(() => ({}));
  if (response.ok) return { state: 'done', body };
  if (response.status === 401) return { state: 'signed-out' };
  if (response.status === 409) return { state: 'conflict', body };
  const advice = response.status === 413 ? ' Shorten it; what you typed is still here.' : '';
  return {
    state: 'refused',
    message: (body.message ?? `The server answered ${response.status}.`) + advice,
  };
}

/** The page's token for changes. */
export function token(): HTMLMetaElement {
  return find<HTMLMetaElement>('meta[name="csrf-token"]');
}

/** Asks for the token of the present session; true when there is a new one. */
export async function renewToken(): Promise<boolean> {
  const { session } = find('[data-session]').dataset;
  try {
    const response = await fetch(session ?? '', { headers: { Accept: 'application/json' } });
    const { csrf } = response.ok ? await response.json() : {};
    if (typeof csrf !== 'string' || csrf === token().content) return false;
    token().content = csrf;
    for (const field of document.querySelectorAll<HTMLInputElement>('input[name="_csrf"]'))
      field.value = csrf;
    return true;
  } catch {
    return false;
  }
}
