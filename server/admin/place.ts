import type { Request, RequestHandler, Response } from 'express';

/** Where in the app a request is. */
export interface Place {
  /** Relative way from the page to the app's first page, with a slash at the end. */
  mount: string;
  /** First part of the path; empty on the first page. */
  section: string;
  /** Path and query of the page, relative to the first page. */
  page: string;
}

/** Keeps the place for the views, before inner routers change the request's path. */
export const keepPlace: RequestHandler = (request, response, next) => {
  const [, section = ''] = request.path.split('/');
  response.locals.place = { mount: wayToMount(request), section, page: request.url.slice(1) } satisfies Place;
  next();
};

/** The place that {@link keepPlace} kept. */
export function placeOf(response: Response): Place {
  return response.locals.place as Place;
}

// Links are relative to the page, not to the host's root: a proxy may have changed what stands before our path.
function wayToMount({ path, baseUrl, originalUrl }: Request): string {
  const [asked = ''] = originalUrl.split('?');
  if (path === '/' && !asked.endsWith('/')) return `./${baseUrl.slice(baseUrl.lastIndexOf('/') + 1)}/`;
  const depth = path.split('/').length - 2;
  return depth === 0 ? './' : '../'.repeat(depth);
}
