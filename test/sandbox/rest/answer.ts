/** What a handler answers; the body is sent as JSON. */
export interface Answer {
  status: number;
  body: unknown;
  /** The code for the X-PM-ApiErrorCode header when the body has none. */
  errorCode?: number;
}

/** An error as Postmark words it. */
export interface Refusal {
  ErrorCode: number;
  Message: string;
}

export const ok = (body: unknown): Answer => ({ status: 200, body });

export const refusal = (code: number, message: string): Refusal => ({ ErrorCode: code, Message: message });

/** An error answer; nearly all of them are 422, and the code says what is wrong. */
export function refuse(code: number, message: string, status = 422): Answer {
  return { status, body: refusal(code, message) };
}

/** The error code of an answer, for the X-PM-ApiErrorCode header; null when there is none. */
export function errorCodeOf({ status, body, errorCode }: Answer): number | null {
  if (errorCode !== undefined) return errorCode;
  if (status === 200 || typeof body !== 'object' || body === null || !('ErrorCode' in body)) return null;
  return typeof body.ErrorCode === 'number' ? body.ErrorCode : null;
}
