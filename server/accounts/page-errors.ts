import type { ErrorRequestHandler } from 'express';
import { PageError, type PageStatus } from '../admin/page-error.ts';
import { AccountError, type AccountErrorCode } from './error.ts';

/** The page that each expected failure gets where no form shows it. */
const pages: Record<AccountErrorCode, [status: PageStatus, title: string]> = {
  'unknown-account': [404, 'Not found'],
  'account-exists': [409, 'Not invited'],
  'account-disabled': [409, 'No link created'],
  'invalid-invitation': [422, 'Not invited'],
  'first-account-not-admin': [409, 'Not invited'],
  'last-admin': [409, 'Not changed'],
  'link-invalid': [410, 'This link does not work'],
  'password-unfit': [422, 'Not changed'],
  'password-wrong': [422, 'Not changed'],
  'code-wrong': [422, 'Not changed'],
  'setup-over': [422, 'Not changed'],
  'locked-out': [429, 'Not changed'],
  'second-step-required': [403, 'Not changed'],
  busy: [503, 'Try again in a moment'],
};

/** The status that a form answers with when it shows this failure itself. */
export function statusOf({ code }: AccountError): PageStatus {
  return pages[code][0];
}

/** Turns expected failures into their pages. */
export const accountErrorPages: ErrorRequestHandler = (error, _request, response, next) => {
  if (error instanceof AccountError && error.code === 'busy') response.set('Retry-After', '10');
  next(
    error instanceof AccountError ? new PageError(...pages[error.code], error.message, error.code) : error,
  );
};
