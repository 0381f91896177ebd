/** The environment, as `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable of the environment that stands in for an option which the configuration leaves out. */
interface Variable {
  /** Without `POSTLANE_`. */
  name: string;
  /** Where its value belongs, such as `postmark.token`. */
  option: string;
  /** A name that a host uses for itself as well: it is ours with `POSTLANE_` in front only. */
  ofHost?: true;
  read?: (text: string) => unknown;
}

const list = (text: string) => text.split(',');

const trimmedList = (text: string) => list(text).map(one => one.trim());

const allOrList = (text: string) => ({ true: true, false: false })[text.trim()] ?? trimmedList(text);

const variables: readonly Variable[] = [
  { name: 'DATABASE_URL', option: 'database' },
  { name: 'DATABASE_UNENCRYPTED', option: 'database.unencrypted', ofHost: true },
  { name: 'MAIL_FROM', option: 'from' },
  { name: 'POSTMARK_SERVER_TOKEN', option: 'postmark.token' },
  { name: 'POSTMARK_API_URL', option: 'postmark.apiUrl' },
  { name: 'POSTMARK_SMTP_URL', option: 'postmark.smtpUrl' },
  { name: 'POSTMARK_SMTP_CA', option: 'postmark.smtpCa' },
  { name: 'WEBHOOK_CREDENTIALS', option: 'webhookCredentials', read: list },
  { name: 'DO_NOT_CONTACT_CREDENTIALS', option: 'doNotContactCredentials', read: list },
  { name: 'WEBHOOK_PASSWORD_IN_URL', option: 'webhookPasswordInUrl', ofHost: true },
  { name: 'PUBLIC_URL', option: 'publicUrl', ofHost: true },
  { name: 'SECRET_KEY', option: 'secretKeys', ofHost: true, read: list },
  { name: 'LOG_LEVEL', option: 'logLevel', ofHost: true },
  { name: 'PORT', option: 'port', ofHost: true, read: Number },
  { name: 'PAGES_ACCESS', option: 'pagesAccess', ofHost: true },
  { name: 'TRUSTED_PROXIES', option: 'trustedProxies', ofHost: true, read: trimmedList },
  { name: 'SECOND_STEP', option: 'secondStep', ofHost: true, read: trimmedList },
  { name: 'PAGES_UNENCRYPTED', option: 'pagesUnencrypted', ofHost: true },
  { name: 'SECOND_PERSON', option: 'secondPerson', ofHost: true, read: allOrList },
  { name: 'SECOND_PERSON_MAIL', option: 'secondPersonMail', ofHost: true, read: trimmedList },
];

/** A value that the environment gives for an option. */
export interface Given {
  option: string;
  /** The variable as it is called in the environment. */
  name: string;
  value: unknown;
}

/** The variables that are ours, those that win first; without the empty ones: how many shells and compose files say "not set". */
export function readVariables(env: Environment): Given[] {
  const given = Object.entries(withoutEmpty(env)).map(([name, text]) => ({ name, text: text ?? '' }));
  const found = given.flatMap(({ name, text }) => readVariable(name, text) ?? []);
  return found.sort((a, b) => Number(isPrefixed(b.name)) - Number(isPrefixed(a.name)));
}

function readVariable(name: string, text: string): Given | null {
  const plain = name.replace(/^POSTLANE_/, '');
  const [, transport] = /^SMTP_URL_(.*)$/.exec(plain) ?? [];
  if (transport !== undefined) return { option: `smtp.${transportName(transport)}`, name, value: text };
  const ofServer = readServerVariable(plain);
  if (ofServer !== null) return { option: ofServer, name, value: text };
  const found = variables.find(one => one.name === plain && (isPrefixed(name) || !one.ofHost));
  return found ? { option: found.option, name, value: found.read?.(text) ?? text } : null;
}

const ofServers = variables.filter(({ option }) => option.startsWith('postmark.'));

/** `servers.outlet.token` for `POSTMARK_SERVER_TOKEN_OUTLET`, or null. */
function readServerVariable(plain: string): string | null {
  const found = ofServers.find(({ name }) => plain.startsWith(`${name}_`));
  if (!found) return null;
  return `servers.${transportName(plain.slice(found.name.length + 1))}.${found.option.slice('postmark.'.length)}`;
}

/** `second-relay` of `SECOND_RELAY`; one in lower case is left as no name can be, for the check to refuse. */
function transportName(text: string): string {
  return /^[A-Z0-9_]+$/.test(text) ? text.toLowerCase().replaceAll('_', '-') : `${text} `;
}

function isPrefixed(name: string): boolean {
  return name.startsWith('POSTLANE_');
}

/** How the variable of an option is called, with what a host has to put in front. Undefined for an option without one. */
export function variableOf(option: string): string | undefined {
  const [top, server = '', below] = option.split('.');
  if (top === 'servers') {
    const common = variableOf(`postmark.${below}`);
    return common && `${common}_${server.toUpperCase().replaceAll('-', '_')}`;
  }
  const found = variables.find(one => one.option === option);
  return found && (found.ofHost ? `POSTLANE_${found.name}` : found.name);
}

/** Whether the environment says that this is production; what else a host calls its environments is its own affair. */
export function saysProduction(env: Environment): boolean {
  const { POSTLANE_NODE_ENV, NODE_ENV } = withoutEmpty(env);
  return (POSTLANE_NODE_ENV ?? NODE_ENV) === 'production';
}

/** An environment without its empty variables. */
export function withoutEmpty(env: Environment): Environment {
  return Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
}
