import type { Provider } from '../../state/provider.ts';
import type { ServerObject } from '../../state/server-object.ts';
import { type Answer, refuse } from '../answer.ts';
import { asOption, Fields } from '../fields.ts';
import { TRACK_LINKS } from '../sending/email-fields.ts';

const COLORS = ['Purple', 'Blue', 'Turquoise', 'Green', 'Red', 'Yellow', 'Grey', 'Orange'];
const HOOKS = ['InboundHookUrl', 'BounceHookUrl', 'OpenHookUrl', 'DeliveryHookUrl', 'ClickHookUrl'] as const;
const FLAGS = [
  'SmtpApiActivated',
  'RawEmailEnabled',
  'PostFirstOpenOnly',
  'TrackOpens',
  'IncludeBounceContentInHook',
  'EnableSmtpApiErrorHooks',
] as const;

/** Takes the fields of a request over into a server, all or none; null when that went well. */
export function editServer(provider: Provider, body: Record<string, unknown>): Answer | null {
  const fields = new Fields(body);
  const changes = readChanges(fields);
  const fault = fields.fault ?? serverFault(provider, fields, changes);
  if (!fault) Object.assign(provider.server, changes);
  return fault;
}

function readChanges(fields: Fields): Partial<ServerObject> {
  const all: [keyof ServerObject, unknown][] = [
    ['Name', fields.text('Name')],
    // In the case it was given in, as Postmark keeps it.
    ['Color', asOption(COLORS, fields.text('Color')) ? fields.text('Color') : undefined],
    ['TrackLinks', asOption(TRACK_LINKS, fields.text('TrackLinks')) ?? undefined],
    ['InboundDomain', fields.text('InboundDomain')],
    ['InboundSpamThreshold', fields.integer('InboundSpamThreshold')],
    ...HOOKS.map((name): [keyof ServerObject, unknown] => [name, fields.text(name)]),
    ...FLAGS.map((name): [keyof ServerObject, unknown] => [name, fields.flag(name)]),
  ];
  return Object.fromEntries(all.filter(([, value]) => value !== undefined));
}

function serverFault(provider: Provider, fields: Fields, changes: Partial<ServerObject>): Answer | null {
  const { Name, InboundDomain, InboundSpamThreshold = 0 } = changes;
  if (Name !== undefined && Name.trim() === '')
    return refuse(608, "The 'Name' of a server must not be empty.");
  if (Name !== undefined && isTaken(provider, 'Name', Name)) {
    return refuse(603, `A server with the name '${Name}' exists already.`);
  }
  if (fields.has('Color') && changes.Color === undefined)
    return refuse(607, "The 'Color' is not one of the colors.");
  if (fields.has('TrackLinks') && changes.TrackLinks === undefined) {
    return refuse(612, `The 'TrackLinks' must be one of ${TRACK_LINKS.join(', ')}.`);
  }
  if (InboundSpamThreshold < 0 || InboundSpamThreshold > 30) {
    return refuse(611, "The 'InboundSpamThreshold' must be between 0 and 30.");
  }
  const hook = HOOKS.find(name => !isHookUrl(changes[name] ?? ''));
  if (hook) return refuse(606, `The '${hook}' is not a valid URL.`);
  // Whether its MX record points to Postmark (610) is not looked at here.
  if (InboundDomain && !/^[\w-]+(\.[\w-]+)+$/.test(InboundDomain)) {
    return refuse(608, `The 'InboundDomain' '${InboundDomain}' is not valid.`);
  }
  if (InboundDomain && isTaken(provider, 'InboundDomain', InboundDomain)) {
    return refuse(602, `The 'InboundDomain' '${InboundDomain}' is taken by another server.`);
  }
  return null;
}

function isTaken(provider: Provider, field: 'Name' | 'InboundDomain', value: string): boolean {
  const others = provider.account.servers.filter(other => other !== provider);
  return others.some(({ server }) => server[field].toLowerCase() === value.toLowerCase());
}

function isHookUrl(text: string): boolean {
  return text === '' || (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol));
}
