import type { Fault } from './faults.ts';

/** Codes that do not come with HTTP 422. */
const STATUS_OF: Readonly<Record<number, number>> = {
  10: 401,
  12: 404,
  100: 503,
  101: 500,
  709: 500,
  1002: 400,
};

/** What Postmark says with some codes; the others get a plain text. */
const TEXT_OF: Readonly<Record<number, string>> = {
  10: 'Request does not contain a valid Server token.',
  100: 'Maintenance: the API is unavailable for the moment.',
  101: 'An unexpected failure occurred.',
  300: 'Zero recipients specified',
  400: "The 'From' address you supplied is not a Sender Signature on your account.",
  405: 'You are not allowed to send.',
  406: 'You tried to send to recipient(s) that have been marked as inactive. Found inactive addresses: inactive@mail.example. Inactive recipients are ones that have generated a hard bounce, a spam complaint, or a manual suppression.',
  412: 'Your account is pending approval: recipients must share the domain of the sender.',
  413: 'Your account may not send.',
  1235: "The stream provided: 'unknown' does not exist on this server.",
};

/** The answer a planned `status` fault gives in place of the real one. */
export function plannedAnswer({ status, code, body }: Fault): { status: number; body: unknown } {
  if (code === undefined || body !== undefined) return { status: status ?? 500, body: body ?? '' };
  return {
    status: status ?? STATUS_OF[code] ?? 422,
    body: { ErrorCode: code, Message: TEXT_OF[code] ?? `Error ${code}, staged by the sandbox.` },
  };
}
