import { MailError, type MailErrorCode } from '../error.ts';

/** What nodemailer's users know an error by. */
const codes: Partial<Record<MailErrorCode, string>> = {
  'invalid-address': 'EENVELOPE',
  'too-many-recipients': 'EENVELOPE',
  closed: 'ECONNECTION',
};

/** An error of a send as nodemailer's users expect it: `code` and `command`; beside them ours, and what has to change. */
export interface PostlaneSendError extends Error {
  /** nodemailer's: `EENVELOPE`, `EMESSAGE` or `ECONNECTION`. */
  code: string;
  command: 'API';
  postlaneCode: MailErrorCode;
  /** Path of what has to change, such as `to[1]` or `attachments[0].name`. */
  field: string | undefined;
}

/** A MailError as a {@link PostlaneSendError}; any other error as it is. */
export function sendError(error: unknown): Error {
  if (!(error instanceof MailError)) return error instanceof Error ? error : new Error(String(error));
  const { code, field, message } = error;
  return Object.assign(new Error(message, { cause: error }), {
    code: codes[code] ?? 'EMESSAGE',
    command: 'API',
    postlaneCode: code,
    field,
  } satisfies Omit<PostlaneSendError, keyof Error>);
}

/** The refusal of a field that a mail cannot have here. */
export function refused(field: string, why: string): MailError {
  return new MailError('invalid-input', `${field} ${why}`, field);
}
