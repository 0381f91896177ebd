import type { Outcome } from '../transport.ts';

/** What nodemailer's errors carry; `command` is the SMTP step that was answered, `CONN` outside of any. */
interface SmtpError extends Error {
  code?: string;
  command?: string;
  response?: string;
  responseCode?: number;
}

/** Steps whose refusal is about this message; one at any other step is about the connection or the account. */
const messageSteps = new Set(['MAIL FROM', 'RCPT TO', 'DATA']);

/** Refusals that are about the session wherever they come: out of order, no mail here, TLS or a login wanted. */
const sessionReplies = new Set([503, 521, 530, 534, 535, 538]);

/**
 * The outcome of a failed SMTP transaction. A reply is the server's word: 4xx not now, 5xx never. Without one it
 * depends on whether any of the message's body had left: if so, the server may have taken it.
 */
export function smtpOutcomeOfError(error: unknown, bodyLeft: boolean): Outcome {
  const { code = 'error', responseCode = 0, response, message, command = '' } = error as SmtpError;
  const answer = response ?? message;
  if (responseCode >= 400) {
    const never = responseCode >= 500 && (bodyLeft || messageSteps.has(command));
    return never && !sessionReplies.has(responseCode)
      ? { kind: 'rejected', code: `smtp-${responseCode}`, answer, inactive: [] }
      : { kind: 'deferred', code: `smtp-${responseCode}`, answer };
  }
  if (code === 'EENVELOPE') return { kind: 'rejected', code: 'smtp-envelope', answer, inactive: [] };
  return { kind: bodyLeft ? 'unknown' : 'deferred', code: `smtp-${code.toLowerCase()}`, answer };
}
