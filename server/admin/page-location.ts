import type { Request, RequestHandler, Response } from 'express';
import { outsideMount } from '../host/mount.ts';

/** Where in the app a request is. */
export interface PageLocation {
  /** Relative path from the page to the app's first page, with a slash at the end. */
  mount: string;
  /** Path of the app's first page as browsers see it, without a slash at the end; empty at the root. */
  outside: string;
  /** First part of the path; empty on the first page. */
  section: string;
  /** Path and query of the page, relative to the first page. */
  page: string;
  /** Where the first page is reached from outside, for mail; null where the configuration does not say. */
  publicUrl: string | null;
}

/** Keeps the location for the views, before inner routers change the request's path. */
export function rememberLocation(publicUrl: string | undefined): RequestHandler {
  return (request, response, next) => {
    const [, section = ''] = request.path.split('/');
    response.locals.location = {
      mount: pathToMount(request),
      outside: outsideMount(request, publicUrl),
      section,
      page: request.url.slice(1),
      publicUrl: publicUrl?.replace(/(?<!\/)\/+$/, '') ?? null,
    } satisfies PageLocation;
    next();
  };
}

/** The location that {@link rememberLocation} kept. */
export function locationOf(response: Pick<Response, 'locals'>): PageLocation {
  return response.locals.location as PageLocation;
}

// Links are relative to the page, not to the host's root: a proxy may have changed what precedes our path.
function pathToMount({ path, originalUrl }: Request): string {
  const [asked = ''] = originalUrl.split('?');
  if (path === '/' && !asked.endsWith('/')) return `./${asked.slice(asked.lastIndexOf('/') + 1)}/`;
  // A request may name no path at all: `OPTIONS *`.
  const depth = Math.max(path.split('/').length - 2, 0);
  return depth === 0 ? './' : '../'.repeat(depth);
}
