import type { Outcome } from '../transport.ts';

/** What nodemailer's errors carry; `command` is the SMTP step that was in flight. */
interface SmtpError extends Error {
  code?: string;
  command?: string;
  response?: string;
  responseCode?: number;
  timeoutType?: string;
  syscall?: string;
}

/** Errors raised before any envelope was offered: nothing can have been accepted. */
const beforeEnvelope = new Set(['EDNS', 'EAUTH', 'ETLS', 'ENOAUTH', 'EREQUIRETLS', 'EPROXY']);
const connectTimeouts = new Set(['CONNECTION_TIMEOUT', 'GREETING_TIMEOUT']);

/**
 * The outcome of a failed SMTP transaction. A reply is the server's word: 4xx not now, 5xx never. Without one it
 * depends on whether the connection had been made: if it had, the message may have been taken.
 */
export function smtpOutcomeOfError(error: unknown): Outcome {
  const { code = 'error', responseCode, response, message, syscall, timeoutType = '' } = error as SmtpError;
  if (beforeEnvelope.has(code) || syscall === 'connect' || connectTimeouts.has(timeoutType)) {
    return { kind: 'deferred', code: `smtp-${code.toLowerCase()}`, answer: message };
  }
  if (responseCode !== undefined && responseCode >= 400) {
    const answer = response ?? message;
    const outcome = { code: `smtp-${responseCode}`, answer };
    return responseCode < 500
      ? { kind: 'deferred', ...outcome }
      : { kind: 'rejected', ...outcome, inactive: [] };
  }
  if (code === 'EENVELOPE') return { kind: 'rejected', code: 'smtp-envelope', answer: message, inactive: [] };
  return { kind: 'unknown', code: `smtp-${code.toLowerCase()}`, answer: message };
}
