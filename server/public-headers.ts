import type { ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';

const headers = Object.entries({
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
});

/** Headers of what is answered to everybody and shown to nobody: nothing in it runs, is framed, guessed at or kept. */
export function setPublicHeaders(response: ServerResponse): void {
  for (const [name, value] of headers) response.setHeader(name, value);
}

/** The same for all that is answered behind it. */
export const publicHeaders: RequestHandler = (_request, response, next) => {
  setPublicHeaders(response);
  next();
};
