import type { RequestHandler } from 'express';

/** Headers of what is answered to everybody and shown to nobody: nothing in it runs, is framed, guessed at or kept. */
export const publicHeaders: RequestHandler = (_request, response, next) => {
  response.set({
    'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
  });
  next();
};
