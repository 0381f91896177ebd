/** A request that gets a page saying what is wrong and a way back. */
export class PageError extends Error {
  override readonly name = 'PageError';
  readonly status: 404 | 422;
  readonly title: string;

  constructor(status: 404 | 422, title: string, message: string) {
    super(message);
    this.status = status;
    this.title = title;
  }
}

/** Nothing is at this address. */
export function notFound(message: string): PageError {
  return new PageError(404, 'Not found', message);
}

/** The address asks for something that cannot be. */
export function unreadable(message: string): PageError {
  return new PageError(422, 'That cannot be shown', message);
}
