import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import * as der from './der.ts';

const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const COMMON_NAME = '2.5.4.3';
const BASIC_CONSTRAINTS = '2.5.29.19';
const SUBJECT_ALT_NAME = '2.5.29.17';
const DAY_MS = 86_400_000;

export interface Certificate {
  /** Private key, PEM. */
  key: string;
  /** Self-signed certificate for `localhost` and 127.0.0.1, PEM; a client may trust it as its `ca`. */
  cert: string;
}

/**
 * A fresh self-signed certificate, valid for a year. By hand, in 1 ms: the library for it, selfsigned, has 23 packages
 * of 9 MB to install and costs each start 160 ms.
 */
export function createCertificate(now = Date.now()): Certificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const algorithm = der.sequence(der.oid(ECDSA_WITH_SHA256));
  const name = der.sequence(
    der.set(der.sequence(der.oid(COMMON_NAME), der.utf8String('Postlane local sandbox'))),
  );
  const body = der.sequence(
    der.tagged(0, der.integer(Buffer.from([2]))),
    der.integer(serialNumber()),
    algorithm,
    name,
    der.sequence(der.utcTime(now - DAY_MS), der.utcTime(now + 365 * DAY_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der.tagged(3, der.sequence(isItsOwnAuthority(), hostNames())),
  );
  const signature = sign('sha256', body, privateKey);
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: pem(der.sequence(body, algorithm, der.bitString(signature))),
  };
}

function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

function isItsOwnAuthority(): Buffer {
  return der.sequence(der.oid(BASIC_CONSTRAINTS), der.yes(), der.octetString(der.sequence(der.yes())));
}

function hostNames(): Buffer {
  const dnsName = der.taggedBytes(2, Buffer.from('localhost'));
  const address = der.taggedBytes(7, Buffer.from([127, 0, 0, 1]));
  return der.sequence(der.oid(SUBJECT_ALT_NAME), der.octetString(der.sequence(dnsName, address)));
}

function pem(encoded: Buffer): string {
  const lines = encoded.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
