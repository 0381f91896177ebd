/** Every code a {@link MailError} can carry. Stable: callers may branch on them. */
export type MailErrorCode =
  | 'invalid-input'
  | 'invalid-address'
  | 'invalid-data'
  | 'invalid-template'
  | 'unknown-template'
  | 'unknown-category'
  | 'unknown-approval'
  | 'unknown-campaign'
  | 'unknown-message'
  | 'too-many-recipients'
  | 'too-large'
  | 'forbidden-attachment'
  | 'idempotency-conflict'
  | 'wrong-state'
  | 'confidential'
  | 'configuration'
  | 'closed';

/** A request this module refuses. Nothing was stored; `field` names what has to change. */
export class MailError extends Error {
  override readonly name = 'MailError';
  readonly code: MailErrorCode;
  /** Path of the offending part of the input, such as `to[1].email` or `data.order.total`. */
  readonly field: string | undefined;

  constructor(code: MailErrorCode, message: string, field?: string) {
    super(message);
    this.code = code;
    this.field = field;
  }
}
