import { Errors } from 'postmark';
import type { Outcome } from '../transport.ts';

/** Postmark's answer to one envelope, as the API gives it for a single send or an item of a batch. */
export interface SendingResponse {
  ErrorCode?: number;
  Message?: string;
  MessageID?: string;
}

/**
 * ErrorCodes that say "not now" about the account, server or stream and nothing about the message: somebody has to
 * act, and then the message can go. Everything that is in neither list is refused for good.
 */
const deferredCodes = new Set([
  10, // wrong or missing token
  100, // maintenance
  101, // unexpected failure on their side
  400, // sender signature missing
  401, // sender signature not confirmed
  405, // not allowed to send, or out of credits
  412, // account pending approval
  413, // account may not send
  429, // rate limit, in older lists
  1235, // no such stream
  1236, // stream cannot send
  1480, // our address is not on the allowlist
]);

/**
 * HTTP statuses that say that nothing was accepted and that it is not the message's fault: a wrong token, address or
 * proxy, a slow line, a rate limit, maintenance. 500 only counts with Postmark's own body.
 */
const deferredStatuses = new Set([401, 403, 404, 405, 407, 408, 415, 421, 425, 429, 503]);

/** The outcome of one item that was answered with HTTP 200, or with 422 and a body. */
export function outcomeOf({ ErrorCode = 0, Message = '', MessageID }: SendingResponse): Outcome {
  const code = `postmark-${ErrorCode}`;
  if (ErrorCode === 0) {
    return MessageID
      ? accepted(Message || 'OK', MessageID)
      : { kind: 'unknown', code: 'postmark-no-id', answer: Message };
  }
  if (deferredCodes.has(ErrorCode)) return { kind: 'deferred', code, answer: Message };
  return {
    kind: 'rejected',
    code,
    answer: Message,
    inactive: ErrorCode === 406 ? inactiveAddresses(Message) : [],
  };
}

// Some recipients inactive: the others get it, and nothing is ever said of these again.
function accepted(answer: string, providerMessageId: string): Outcome {
  const inactive = inactiveAddresses(answer);
  return {
    kind: 'accepted',
    code: 'postmark-0',
    answer,
    providerMessageId,
    ...(inactive.length > 0 && { inactive }),
  };
}

/** The outcome of a whole call that failed. */
export function outcomeOfError(error: unknown): Outcome {
  if (!(error instanceof Errors.PostmarkError)) {
    // Cut while the answer was being read: the request had arrived.
    return { kind: 'unknown', code: 'cut-off', answer: (error as Error).message };
  }
  const { code, statusCode, message } = error;
  if (statusCode === 0) return transportOutcome(message);
  if (statusCode === 422 && code !== 0) return outcomeOf({ ErrorCode: code, Message: message });
  if (deferredStatuses.has(statusCode)) {
    return { kind: 'deferred', code: `http-${statusCode}`, answer: message };
  }
  if (statusCode === 500 && deferredCodes.has(code))
    return { kind: 'deferred', code: `postmark-${code}`, answer: message };
  if (statusCode >= 500) return { kind: 'unknown', code: `http-${statusCode}`, answer: message };
  return { kind: 'rejected', code: `http-${statusCode}`, answer: message, inactive: [] };
}

// The client keeps only the text of an error of its fetch, so the mark goes there.
const notConnectedMark = 'no connection was made: ';

/** System calls of connecting. By the call and not by the error: a connection in use can end in EHOSTUNREACH too. */
const connectCalls = new Set(['connect', 'getaddrinfo']);

/** What ends a connection before it is one: Node's own deadline, and certificates that are not trusted. */
const connectErrors =
  /^(UND_ERR_CONNECT_TIMEOUT|ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(GET_ISSUER|VERIFY))/;

/** `fetch` that tells a connection never made from one that broke: the client's errors do not. */
export async function markingFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  try {
    return await fetch(input, init);
  } catch (error) {
    const reason = connectErrorOf(error);
    if (reason) throw new Error(`${notConnectedMark}${reason}`, { cause: error });
    throw error;
  }
}

interface FetchFault {
  code?: string;
  syscall?: string;
  /** One for each address that was tried. */
  errors?: FetchFault[];
}

function connectErrorOf(error: unknown): string | null {
  const { cause } = error as { cause?: FetchFault };
  const faults = [cause, ...(cause?.errors ?? [])];
  const found = faults.find(
    fault => connectCalls.has(fault?.syscall ?? '') || connectErrors.test(fault?.code ?? ''),
  );
  return found?.code ?? null;
}

function transportOutcome(message: string): Outcome {
  return message.includes(notConnectedMark)
    ? { kind: 'deferred', code: 'not-connected', answer: message }
    : { kind: 'unknown', code: 'no-answer', answer: message };
}

/** The addresses a 406 names. Cut before the explanation: it contains commas too. Lower-cased. */
export function inactiveAddresses(message: string): string[] {
  const lead = /inactive addresses: /i.exec(message);
  if (!lead) return [];
  const [list = ''] = message.slice(lead.index + lead[0].length).split(/\.\s+Inactive\b/i);
  return list
    .split(',')
    .map(address => address.trim().replace(/\.$/, '').toLowerCase())
    .filter(address => address.includes('@'));
}
