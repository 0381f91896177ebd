/** Statuses that have a page of their own. */
export type PageStatus = 400 | 401 | 403 | 404 | 409 | 410 | 413 | 415 | 422 | 429 | 503;

/** A request that gets a page saying what is wrong and a way back; a script gets `{ code, message }`, and `fields` of a form. */
export class PageError extends Error {
  override readonly name = 'PageError';
  readonly status: PageStatus;
  readonly title: string;
  /** What a script can branch on. */
  readonly code: string;
  /** Names of the fields that cannot be accepted. */
  readonly fields: readonly string[];

  constructor(
    status: PageStatus,
    title: string,
    message: string,
    code: string = codes[status],
    fields: readonly string[] = [],
  ) {
    super(message);
    this.fields = fields;
    this.status = status;
    this.title = title;
    this.code = code;
  }
}

const codes: Record<PageStatus, string> = {
  400: 'unreadable',
  401: 'signed-out',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  410: 'gone',
  413: 'too-large',
  415: 'wrong-type',
  422: 'invalid',
  429: 'too-many',
  503: 'busy',
};

/** Nothing is at this address. */
export function notFound(message: string): PageError {
  return new PageError(404, 'Not found', message);
}

/** The address asks for something that does not make sense. */
export function unreadable(message: string): PageError {
  return new PageError(422, 'Cannot be shown', message);
}

/** Too many requests came from one place. */
export function tooManyRequests(wait = '15 minutes'): PageError {
  return new PageError(429, 'Too many requests', `Wait ${wait}, then try again.`);
}

/** The person may not do this. */
export function forbidden(message: string): PageError {
  return new PageError(403, 'Not allowed', message);
}
