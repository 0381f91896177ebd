import { BlockList, isIP } from 'node:net';

/** What happens where a database would be reached over a network without encryption. */
export const unencryptedWords = ['allow', 'refuse'] as const;
export type Unencrypted = (typeof unencryptedWords)[number];

/** The part of mysql2's settings that tells where a connection leads and whether it is encrypted. */
interface Reach {
  host?: string | undefined;
  socketPath?: string | undefined;
  ssl?: unknown;
}

/** Throws an Error with the remedy unless what is said to this server is encrypted or never leaves this machine. */
export function requireEncryption({ host, socketPath, ssl }: Reach): void {
  if (ssl || socketPath || isThisMachine(host ?? 'localhost')) return;
  throw new Error(
    `it would be reached at ${host} without encryption, which production refuses: add ?ssl=verify-full to its URL, with sslCa=FILE where the certificate is the provider's own, or an ssl to its connection. ${waiver}`,
  );
}

/** The same for a connection that is open and that somebody else has opened. */
export function requireEncrypted(
  cipher: string,
  { remoteAddress }: { remoteAddress?: string | undefined },
): void {
  // A socket of this machine has no address.
  if (cipher !== '' || remoteAddress === undefined || isThisMachine(remoteAddress)) return;
  throw new Error(
    `The connections of the database's knex are not encrypted, and ${remoteAddress} is not this machine, which production refuses: open them with an ssl. ${waiver}`,
  );
}

const waiver =
  "Where nobody else is in the network between, such as in one of containers, waive it by name: POSTLANE_DATABASE_UNENCRYPTED=allow, or unencrypted: 'allow' beside the url, connection or knex of the database.";

/** True for a name or address that leads to no other machine. */
export function isThisMachine(host: string): boolean {
  const address = host.replace(/^::ffff:(?=\d+\.)/i, '').replace(/\.$/, '');
  const version = isIP(address);
  if (version === 0) return address.toLowerCase() === 'localhost';
  return loopback.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');
