import { parseArgs } from 'node:util';
import { ACCOUNT_STATES, BROADCAST_HANDLINGS, type SandboxOptions } from './settings.ts';
import { readVariants } from './variants.ts';

/** What the command was asked for. */
export interface Request {
  options: SandboxOptions;
  /** Answer with one line of JSON instead of words. */
  json: boolean;
  /** Where the variables of a host go, once it listens. */
  envFile: string | null;
}

/** What is wrong with the arguments. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

interface Flag {
  /** Its value in the usage; none: a switch. */
  value?: string;
  what: string;
  /** The options it stands for; throws what the value must be. */
  read?(text: string): SandboxOptions;
}

/** In the order of the usage. Each may also be set by a variable: --smtp-port by SANDBOX_SMTP_PORT. */
const FLAGS: Readonly<Record<string, Flag>> = {
  port: {
    value: 'N',
    what: 'REST and pages; 0 for any free port (8925)',
    read: text => ({ port: port(text) }),
  },
  'smtp-port': {
    value: 'N',
    what: 'SMTP with STARTTLS; 0 for any free port (2525)',
    read: text => ({ smtpPort: port(text) }),
  },
  host: {
    value: 'ADDRESS',
    what: 'listen there; anything but loopback shows the mail to the network (127.0.0.1)',
    read: host => ({ host }),
  },
  'allow-host': {
    value: 'LIST',
    what: 'names that browsers may reach the pages by, with commas between (loopback, and the ADDRESS of --host)',
    read: text => ({ allowedHosts: text.split(',').map(name => name.trim()) }),
  },
  token: {
    value: 'T',
    what: 'server token, also user and password for SMTP (local-sandbox)',
    read: token => ({ token }),
  },
  'account-token': {
    value: 'T',
    what: 'account token, for domains and servers (a random one)',
    read: accountToken => ({ accountToken }),
  },
  'account-state': {
    value: 'STATE',
    what: `${ACCOUNT_STATES.join(', ')} (approved)`,
    read: text => ({ accountState: oneOf(ACCOUNT_STATES, text) }),
  },
  'verified-domains': {
    value: 'LIST',
    what: 'domains one may send from, with commas between; others are refused (any domain)',
    read: text => ({ verifiedDomains: text.split(',').map(domain => domain.trim()) }),
  },
  unsubscribe: {
    value: 'HANDLING',
    what: 'how broadcast streams are set: Postmark, or Custom, which is approved then (Postmark)',
    read: text => ({ unsubscribeHandling: oneOf(BROADCAST_HANDLINGS, text) }),
  },
  'keep-bodies': {
    value: 'N',
    what: 'how many of the newest messages keep their bodies (2000)',
    read: text => ({ keepBodies: whole(text) }),
  },
  webhook: {
    value: 'URL',
    what: 'where events go, credentials in it (nowhere)',
    read: text => ({ webhook: { url: address(text) } }),
  },
  'inbound-webhook': {
    value: 'URL',
    what: 'where inbound mail goes, credentials in it (nowhere)',
    read: text => ({ inboundWebhook: address(text) }),
  },
  'latency-ms': {
    value: 'N',
    what: 'time to answer a REST call (0)',
    read: text => ({ latencyMs: whole(text) }),
  },
  'delivery-ms': {
    value: 'N',
    what: 'time from acceptance to delivery or bounce (20)',
    read: text => ({ deliveryMs: whole(text) }),
  },
  'search-lag-ms': {
    value: 'N',
    what: 'time until a search finds an accepted message (0)',
    read: text => ({ searchLagMs: whole(text) }),
  },
  'retry-scale': {
    value: 'N',
    what: 'ms per minute of webhook retries (60000)',
    read: text => ({ retryScale: whole(text) }),
  },
  variants: {
    value: 'LIST',
    what: 'what is not known for sure, the other way, as in retries=six,traceId=left out',
    read: text => ({ variants: readVariants(text) }),
  },
  'write-env': {
    value: 'FILE',
    what: 'write the variables of a host there, once it listens, for a shell or node --env-file=FILE',
  },
  json: { what: 'answer with one line of JSON' },
  help: { what: 'show this' },
};

/** What `postlane sandbox --help` shows. */
export const USAGE = [
  'postlane sandbox: a local Postmark with REST, SMTP, webhooks, and pages that show the mail.',
  '',
  ...Object.entries(FLAGS).map(
    ([name, { value, what }]) => `  ${`--${name}${value ? ` ${value}` : ''}`.padEnd(24)}${what}`,
  ),
  '',
  'Each may also be set in the environment: --smtp-port as SANDBOX_SMTP_PORT.',
].join('\n');

/** Reads the command's arguments and, where one is absent, its variable; null: only help was asked for. */
export function readArguments(args: readonly string[], env: NodeJS.ProcessEnv): Request | null {
  const given = parse(args);
  if (given.has('help')) return null;
  const options: SandboxOptions = { port: 8925, smtpPort: 2525, token: 'local-sandbox' };
  for (const [name, { read }] of Object.entries(FLAGS)) {
    const text = given.get(name) ?? env[`SANDBOX_${name.toUpperCase().replaceAll('-', '_')}`];
    if (read && text)
      Object.assign(
        options,
        naming(name, () => read(text)),
      );
  }
  const envFile = given.get('write-env') ?? env.SANDBOX_WRITE_ENV;
  return { options, json: given.has('json'), envFile: envFile || null };
}

/** The flags given; a switch has an empty value. */
function parse(args: readonly string[]): Map<string, string> {
  const declared = Object.entries(FLAGS).map(([name, { value }]) => [
    name,
    { type: value ? ('string' as const) : ('boolean' as const) },
  ]);
  try {
    const { values } = parseArgs({ args: [...args], options: Object.fromEntries(declared) });
    return new Map(
      Object.entries(values).map(([name, value]) => [name, value === true ? '' : String(value)]),
    );
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function naming<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UsageError(`--${name} must be ${error instanceof Error ? error.message : error}.`);
  }
}

function oneOf<T extends string>(options: readonly T[], text: string): T {
  const found = options.find(option => option === text);
  if (!found) throw new Error(`one of ${options.join(', ')}`);
  return found;
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new Error('a whole number');
  return Number(text);
}

function port(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) throw new Error('a port, 0 to 65535');
  return Number(text);
}

function address(text: string): string {
  const fits = URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
  if (!fits) throw new Error('an http or https address');
  return text;
}
