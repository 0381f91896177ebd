import { PlainError } from './transport.ts';

/** What errors of nodemailer, of `fetch` and of Node have in common. */
interface Fault {
  code?: unknown;
  message?: unknown;
  /** SMTP's. */
  responseCode?: unknown;
}

/** By what an error says of itself; the first that fits. Codes also stand in messages, for wrappers hide them. */
const known: readonly [pattern: RegExp, words: string][] = [
  [/\bEAUTH\b/, 'It answers, but does not accept the user and password.'],
  [/\bENOTFOUND\b|\bEAI_AGAIN\b|\bEDNS\b/, 'Its host name cannot be found.'],
  [/\bECONNREFUSED\b/, 'Nothing answers there: the connection was refused.'],
  [/\bEHOSTUNREACH\b|\bENETUNREACH\b/, 'There is no way to it from this network.'],
  [
    /certificate|\bETLS\b|\bERR_TLS|\bERR_SSL|\bCERT_|SELF_SIGNED|UNABLE_TO_/i,
    'An encrypted connection cannot be made: its certificate is not trusted, or it offers no TLS.',
  ],
  [
    /\bETIMEDOUT\b|\bUND_ERR_\w*TIMEOUT|\btimeout\b|\baborted\b/i,
    'It does not answer in time. A firewall may be in the way.',
  ],
  [/\bECONNRESET\b|\bEPIPE\b|\bECONNECTION\b|closed/i, 'It ended the connection before it had answered.'],
];

/**
 * Why a connection does not work, in plain words. Never the other side's own: a server may well repeat the user and
 * password that it refuses.
 */
export function connectionFault(error: unknown): string {
  if (error instanceof PlainError) return error.message;
  const { code, message, responseCode } = error as Fault;
  const text = `${code} ${message}`;
  const found = known.find(([pattern]) => pattern.test(text));
  if (found) return found[1];
  return typeof responseCode === 'number'
    ? `It answers, but with the refusal ${responseCode}.`
    : 'It does not work, for a reason that is not known here; the log has more.';
}
