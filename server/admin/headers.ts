import type { RequestHandler, Response } from 'express';

/** Nothing inline, nothing from elsewhere, framed by nobody but us. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "frame-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join('; ');

/** A mail brings its own styles and images and gets nothing else: no script, no form, no origin. */
const mailPolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  'img-src data: https:',
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
  'sandbox',
].join('; ');

/** Headers of every answer. */
export const pageHeaders: RequestHandler = (_request, response, next) => {
  response.set({
    'Content-Security-Policy': pagePolicy,
    'X-Content-Type-Options': 'nosniff',
    // For what does not know frame-ancestors.
    'X-Frame-Options': 'SAMEORIGIN',
    // Not no-referrer: browsers would then say of our own forms that they come from nowhere (`Origin: null`).
    'Referrer-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': 'no-store',
  });
  // A host's own, which would report our pages or keep the images out of mail that is shown.
  response.removeHeader('Content-Security-Policy-Report-Only');
  response.removeHeader('Cross-Origin-Embedder-Policy');
  next();
};

/** Answers with the HTML of a mail, to be shown in a sandboxed frame. */
export function sendMailHtml(response: Response, html: string): void {
  response.set('Content-Security-Policy', mailPolicy).type('html').send(html);
}
