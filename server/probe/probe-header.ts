import { randomBytes } from 'node:crypto';
import { signatures } from '../admin/access/csrf.ts';

/** Marks a probe of ours: what it begins is compared with the answer, and nothing is stored. */
export const probeHeader = 'x-postlane-probe';

/** How long a probe is taken for, in ms. A second one by the same mark does nothing either. */
const validMs = 60_000;

/** Marks a probe, signed where there are keys. */
export function markProbe(secretKeys: readonly string[], now: Date): { nonce: string; mark: string } {
  const nonce = randomBytes(16).toString('base64url');
  const text = `${nonce}.${now.getTime() + validMs}`;
  const signature = secretKeys.length > 0 ? signatures(secretKeys, 'probe').sign(text) : '';
  return { nonce, mark: `${text}.${signature}` };
}

/** The probe that a request says it is, and whether it was signed with one of these keys; null for anything else. */
export function readProbe(
  mark: string | undefined,
  secretKeys: readonly string[],
  now: Date,
): { nonce: string; isSigned: boolean } | null {
  const [, text = '', nonce = '', until = '', signature = ''] =
    /^(([\w-]{22})\.(\d{13}))\.([\w-]{0,64})$/.exec(mark ?? '') ?? [];
  if (text === '') return null;
  const isTimely = Number(until) > now.getTime();
  const isSigned =
    isTimely && secretKeys.length > 0 && signatures(secretKeys, 'probe').verify(text, signature);
  return { nonce, isSigned };
}
