import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Keeps secrets that have to be read again (AES-256-GCM), each bound to what it belongs to. */
export interface Seal {
  close(secret: string, owner: string): string;
  /** Null when none of the keys opens it: SECRET_KEY has changed. */
  open(sealed: string, owner: string): string | null;
}

/** `keys` with the newest first: it closes, all of them open. */
export function sealWith(keys: readonly string[]): Seal {
  const derived = keys.map(key => Buffer.from(hkdfSync('sha256', key, '', 'postlane account secrets', 32)));
  const [newest] = derived;
  if (!newest) throw new Error('There is no key to seal with.');
  return {
    close(secret, owner) {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', newest, iv).setAAD(Buffer.from(owner));
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return [iv, cipher.getAuthTag(), text].map(part => part.toString('base64url')).join('.');
    },
    open(sealed, owner) {
      return derived.map(key => openWith(key, sealed, owner)).find(secret => secret !== null) ?? null;
    },
  };
}

function openWith(key: Buffer, sealed: string, owner: string): string | null {
  const [iv, tag, text] = sealed.split('.').map(part => Buffer.from(part, 'base64url'));
  if (!iv || !tag || !text) return null;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(owner)).setAuthTag(tag);
    return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}
