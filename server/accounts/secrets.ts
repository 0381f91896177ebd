import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';

/** A secret that its holder alone keeps: 256 random bits. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What we keep of a secret that is random enough to need no salt. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Keeps secrets that have to be read again (AES-256-GCM), each bound to what it belongs to. */
export interface Encrypter {
  encrypt(secret: string, owner: string): string;
  /** Null when none of the keys fits: SECRET_KEY has changed. */
  decrypt(encrypted: string, owner: string): string | null;
}

/** `keys` with the newest first: it encrypts, all of them decrypt. */
export function createEncrypter(keys: readonly string[]): Encrypter {
  const derived = keys.map(key => Buffer.from(hkdfSync('sha256', key, '', 'postlane account secrets', 32)));
  const [newest] = derived;
  if (!newest) throw new Error('There is no key to encrypt with.');
  return {
    encrypt(secret, owner) {
      const iv = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', newest, iv).setAAD(Buffer.from(owner));
      const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
      return [iv, cipher.getAuthTag(), text].map(part => part.toString('base64url')).join('.');
    },
    decrypt(encrypted, owner) {
      return derived.map(key => decryptWith(key, encrypted, owner)).find(secret => secret !== null) ?? null;
    },
  };
}

function decryptWith(key: Buffer, encrypted: string, owner: string): string | null {
  const [iv, tag, text] = encrypted.split('.').map(part => Buffer.from(part, 'base64url'));
  if (!iv || !tag || !text) return null;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(owner)).setAuthTag(tag);
    return Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}
