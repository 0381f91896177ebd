/** What answered a probe of the webhooks; `message` says it in a sentence, with how to correct it. */
export type ProbeResult = {
  /**
   * `too-large`: something before us refused the size. `body-lost`: the host read the body before us. `not-us`: something
   * else answered. `unauthorised`: we did, and know neither the key nor the password.
   */
  kind: 'ok' | 'too-large' | 'body-lost' | 'not-us' | 'unauthorised' | 'unreachable';
  message: string;
  /** Who answered in our place, such as `nginx`, where that shows. */
  answeredBy?: string;
};

/** What a probe met. */
export type ProbeAnswer =
  | { kind: 'answered'; status: number; headers: Headers; text: string; nonce: string }
  /** A small probe is answered, and at a large one the connection is closed. */
  | { kind: 'cut-off' }
  | { kind: 'failed'; error: unknown };

/** Says what an answer means. */
export function readAnswer(answer: ProbeAnswer): ProbeResult {
  if (answer.kind === 'failed') return { kind: 'unreachable', message: unreachable(answer.error) };
  if (answer.kind === 'cut-off') return tooLarge('something before Postlane');
  const { status, headers, text, nonce } = answer;
  const body = jsonIn(text);
  if (status === 200 && body.probe === nonce)
    return { kind: 'ok', message: 'Events of up to 300 kB arrive.' };
  if (status === 413) return tooLarge(measuredBy(headers, text));
  if (body.error === 'body-lost') return { kind: 'body-lost', message: String(body.message) };
  const isOurs = /realm="postlane"/.test(headers.get('www-authenticate') ?? '');
  if (status === 401 && isOurs) return { kind: 'unauthorised', message: unauthorised };
  const by = serverIn(headers);
  return { kind: 'not-us', message: `${notUs(status, headers)} ${asked}`, ...(by && { answeredBy: by }) };
}

const asked = 'The address is made of publicUrl and the path at which publicRouter is mounted.';

const unauthorised =
  'Postlane answers there, and knows neither the key nor the password of this check: give every process the same secretKeys and webhookCredentials.';

function tooLarge(answeredBy: string): ProbeResult {
  const remedy =
    remedies.find(({ mark }) => mark.test(answeredBy))?.remedy ?? 'raise its limit for this path to 16 MB';
  const message = `Events of 300 kB are refused by ${answeredBy}, so large bounces are lost: ${remedy}.`;
  return { kind: 'too-large', answeredBy, message };
}

const expressParser = 'a body parser of the host';

const remedies = [
  {
    mark: /^a body parser/,
    remedy: "mount publicRouter above express.json() and the like: app.use('/mail', publicRouter(mail))",
  },
  { mark: /nginx/i, remedy: 'set client_max_body_size 16m; for this path' },
  { mark: /apache/i, remedy: 'set LimitRequestBody 16777216 for this path' },
];

// Express's own page of an error says what went wrong, and has a policy of its own.
function measuredBy(headers: Headers, text: string): string {
  const isExpress =
    /PayloadTooLargeError|request entity too large|<pre>Payload Too Large/i.test(text) ||
    /express/i.test(headers.get('x-powered-by') ?? '');
  return isExpress ? expressParser : (serverIn(headers) ?? 'something before Postlane');
}

/** The name a server gives itself; it is a stranger's text. */
function serverIn(headers: Headers): string | undefined {
  return /^[\w.-]{1,40}/.exec(headers.get('server') ?? '')?.[0];
}

function notUs(status: number, headers: Headers): string {
  if (status >= 300 && status < 400)
    return `The address redirects (${status})${placeIn(headers)}, which providers need not follow: enter the address it ends at as publicUrl.`;
  if (status === 401 || status === 403)
    return `Something before Postlane answers ${status}: mount publicRouter before the host's sign-in and CSRF protection, and let its path through firewalls.`;
  if (status === 404) return 'Nothing answers at this address (404): mount publicRouter there.';
  if (status >= 500) return `The address answers ${status}: a proxy may not reach this app.`;
  return `Something other than Postlane answers at this address (${status}).`;
}

function placeIn(headers: Headers): string {
  const location = headers.get('location') ?? '';
  return URL.canParse(location) ? ` to ${new URL(location).host}` : '';
}

function unreachable(error: unknown): string {
  const { name, cause } = (error ?? {}) as { name?: string; cause?: { code?: string } };
  const isSlow = name === 'TimeoutError' || name === 'AbortError';
  const why = isSlow
    ? 'nothing answered in time'
    : (faults[cause?.code ?? ''] ?? 'no connection could be made');
  return `The webhooks cannot be reached from here: ${why}. If they can be from outside, let this machine reach its own public address for the check.`;
}

const faults: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be looked up',
  ECONNREFUSED: 'nothing listens there',
  CERT_HAS_EXPIRED: 'the certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another host name',
};

function jsonIn(text: string): { probe?: unknown; error?: unknown; message?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
