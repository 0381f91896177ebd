import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';

/** The part of mysql2's connection settings that says where the database is and how to get in. */
export interface ServerSettings {
  host?: string | undefined;
  port?: number | undefined;
  socketPath?: string | undefined;
  user?: string | undefined;
  password?: string | undefined;
  database?: string | undefined;
  ssl?: TlsSettings | undefined;
}

/** mysql2's `ssl`. `verifyIdentity`: the certificate must also name the host. */
export interface TlsSettings {
  rejectUnauthorized?: boolean | undefined;
  verifyIdentity?: boolean | undefined;
  ca?: string | undefined;
  cert?: string | undefined;
  key?: string | undefined;
}

/**
 * Reads `mysql://user:password@host:3306/name`, with these parameters:
 * - `ssl`: `verify-full` (encrypted; a trusted certificate that names the host), `verify-ca` (a trusted certificate),
 *   `required` (encrypted, no certificate is checked), `disabled`. `sslmode` and `ssl-mode` are the same, and so are the
 *   values of mysql's and PostgreSQL's clients that mean the same.
 * - `sslCa`, `sslCert`, `sslKey`: files, or PEM text. With one of them `ssl` is `verify-full` unless it says otherwise.
 * - `socketPath`: a socket in place of host and port.
 * Throws an Error that names what cannot be followed, and never the password.
 */
export function readDatabaseUrl(url: string): ServerSettings {
  const parsed = parse(url);
  const { tls, socketPath } = readParameters(parsed.searchParams);
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1') || '127.0.0.1';
  if (!parsed.hostname && !socketPath) throw new Error('The database URL names no host.');
  checkIdentity(host, tls);
  return {
    ...(socketPath ? { socketPath } : { host, port: Number(parsed.port || 3306) }),
    user: decoded(parsed.username, 'user name'),
    password: decoded(parsed.password, 'password'),
    database: decoded(parsed.pathname.slice(1), 'name'),
    ...(tls && { ssl: tls }),
  };
}

/** Throws where a certificate is to name an address: mysql2 would accept one for `localhost` in its place. */
export function checkIdentity(host: string | undefined, tls: object | null): void {
  if (host && isIP(host) && tls && 'verifyIdentity' in tls && tls.verifyIdentity)
    throw new Error(
      `The certificate of the database cannot be checked for the address ${host}: name the host, or choose ssl=verify-ca.`,
    );
}

function parse(url: string): URL {
  // Without the text itself: it may hold a password.
  if (!/^(mysql|mariadb):\/\//.test(url) || !URL.canParse(url)) {
    throw new Error(
      'The database URL must be like mysql://user:password@host:3306/name; what is special in a URL is written %40 for @ and so on.',
    );
  }
  return new URL(url);
}

function decoded(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error(`The ${what} in the database URL has a % that stands for nothing: write %25 for a %.`);
  }
}

const known = ['ssl', 'sslCa', 'sslCert', 'sslKey', 'socketPath'] as const;

type Parameter = (typeof known)[number];

/** Parameters of other clients, and what to do instead. */
const elsewhere: Record<string, string> = {
  charset: 'Postlane always uses utf8mb4: leave it out',
  timezone: 'Postlane keeps its dates in UTC: leave it out',
  datestrings: 'Postlane reads dates itself: leave it out',
  connectionlimit: 'set poolSize in the configuration: { database: { url, poolSize } }',
  poolsize: 'set poolSize in the configuration: { database: { url, poolSize } }',
  sslaccept: 'write ssl=verify-full for strict, ssl=required for accept_invalid_certs',
  usessl: 'write ssl=required or ssl=verify-full',
  sslrootcert: 'write sslCa',
};

function readParameters(parameters: URLSearchParams) {
  const given: Partial<Record<Parameter, string>> = {};
  for (const [name, value] of parameters) {
    const parameter = parameterNamed(name);
    if (parameter in given)
      throw new Error(`The database URL has ${parameter} twice, also as ${name}: keep one of them.`);
    given[parameter] = value;
  }
  return { tls: tlsOf(given), socketPath: given.socketPath };
}

// Case, - and _ tell no names apart: ssl-mode, ssl_mode and sslMode are all in use.
function parameterNamed(name: string): Parameter {
  const plain = name.toLowerCase().replace(/[-_]/g, '');
  const found = known.find(one => one.toLowerCase() === (plain === 'sslmode' ? 'ssl' : plain));
  if (found) return found;
  const remedy = elsewhere[plain] ?? `known are ${known.join(', ')}`;
  throw new Error(`The database URL has a parameter ${name} that Postlane does not know: ${remedy}.`);
}

const modes: Record<string, TlsSettings | null> = {
  'verify-full': { rejectUnauthorized: true, verifyIdentity: true },
  'verify-ca': { rejectUnauthorized: true, verifyIdentity: false },
  required: { rejectUnauthorized: false, verifyIdentity: false },
  disabled: null,
};

const sameModes: Record<string, string> = {
  'verify-identity': 'verify-full',
  true: 'verify-full',
  1: 'verify-full',
  require: 'required',
  disable: 'disabled',
  false: 'disabled',
  0: 'disabled',
};

function tlsOf(given: Partial<Record<Parameter, string>>): TlsSettings | null {
  const files = {
    ...(given.sslCa && { ca: pem(given.sslCa, 'sslCa') }),
    ...(given.sslCert && { cert: pem(given.sslCert, 'sslCert') }),
    ...(given.sslKey && { key: pem(given.sslKey, 'sslKey') }),
  };
  const hasFiles = Object.keys(files).length > 0;
  if (given.ssl === undefined && !hasFiles) return null;
  const mode = modeNamed(given.ssl ?? 'verify-full');
  if (mode === null && hasFiles)
    throw new Error('The database URL has certificates, but ssl=disabled: leave out one or the other.');
  return mode && { ...mode, ...files };
}

function modeNamed(value: string): TlsSettings | null {
  const word = value.toLowerCase().replaceAll('_', '-');
  // mysql2's own form, as some hosting providers print it.
  if (word.startsWith('{')) return jsonMode(value);
  const mode = modes[sameModes[word] ?? word];
  if (mode !== undefined) return mode;
  const instead = /^(prefer|preferred|allow)$/.test(word)
    ? 'it would go on unencrypted where the server offers no TLS, so choose required or disabled'
    : `use one of ${Object.keys(modes).join(', ')}`;
  throw new Error(`The database URL has ssl=${value}: ${instead}.`);
}

function jsonMode(text: string): TlsSettings {
  const usable = '{"rejectUnauthorized":true} or {"rejectUnauthorized":false}';
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {}
  const isKnown = (one: object): one is { rejectUnauthorized: boolean } =>
    Object.keys(one).every(key => key === 'rejectUnauthorized') &&
    'rejectUnauthorized' in one &&
    typeof one.rejectUnauthorized === 'boolean';
  if (typeof given !== 'object' || given === null || !isKnown(given))
    throw new Error(`The database URL has an ssl in JSON that is not ${usable}.`);
  return { rejectUnauthorized: given.rejectUnauthorized, verifyIdentity: given.rejectUnauthorized };
}

function pem(given: string, parameter: string): string {
  if (given.includes('-----BEGIN ')) return given;
  try {
    return readFileSync(given, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(
      `The database URL has an ${parameter} that can neither be read as a file (${code}) nor is PEM text: ${given}.`,
    );
  }
}
