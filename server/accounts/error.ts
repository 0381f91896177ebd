/** What can stand in the way of a change; the pages and the command line tell it in the error's own words. */
export type AccountErrorCode =
  | 'unknown-account'
  | 'account-exists'
  | 'account-disabled'
  | 'invalid-invitation'
  | 'first-account-not-admin'
  | 'last-admin'
  | 'link-invalid'
  | 'password-unfit'
  | 'password-wrong'
  | 'code-wrong'
  | 'setup-over'
  | 'locked-out'
  | 'busy'
  | 'second-step-required';

/** An expected failure: nothing was changed. */
export class AccountError extends Error {
  override readonly name = 'AccountError';
  readonly code: AccountErrorCode;

  constructor(code: AccountErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** There is no account with this id or address. */
export function unknownAccount(message = 'There is no such account.'): AccountError {
  return new AccountError('unknown-account', message);
}
