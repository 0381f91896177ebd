import { createHmac, timingSafeEqual } from 'node:crypto';

/** Signs texts for one purpose; a signature for another purpose does not count. */
export interface Signatures {
  sign(text: string): string;
  holds(text: string, signature: string): boolean;
}

/** `keys` with the newest first: it signs, all of them are accepted, so that a key can be replaced at work. */
export function signatures(keys: readonly string[], purpose: string): Signatures {
  const macs = keys.map(
    key => (text: string) => createHmac('sha256', key).update(`${purpose}\n${text}`).digest(),
  );
  const [newest] = macs;
  if (!newest) throw new Error('There is no key to sign with.');
  return {
    sign: text => newest(text).toString('base64url'),
    holds(text, signature) {
      const given = Buffer.from(signature, 'base64url');
      return macs
        .map(mac => mac(text))
        .map(expected => expected.length === given.length && timingSafeEqual(expected, given))
        .some(Boolean);
    },
  };
}
