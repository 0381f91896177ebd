import type { Answer } from './answer.ts';
import { isObject } from './fields.ts';

/** What a send is answered while the platform is slow or the stream throttled; the code was seen to be missing then. */
export function delayed({ status, body }: Answer): Answer {
  return { status, body: Array.isArray(body) ? body.map(reworded) : reworded(body) };
}

function reworded(result: unknown): unknown {
  if (!isObject(result) || result.ErrorCode !== 0) return result;
  const { ErrorCode, ...rest } = result;
  return { ...rest, Message: 'Message accepted, but delivery may be delayed.' };
}
