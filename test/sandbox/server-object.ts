/** The server as `GET /server` shows it; `PUT /server` may change what is listed in EDITABLE. */
export interface ServerObject {
  ID: number;
  Name: string;
  Color: string;
  SmtpApiActivated: boolean;
  RawEmailEnabled: boolean;
  DeliveryType: string;
  ServerLink: string;
  InboundAddress: string;
  InboundHash: string;
  InboundHookUrl: string;
  BounceHookUrl: string;
  OpenHookUrl: string;
  DeliveryHookUrl: string;
  ClickHookUrl: string;
  PostFirstOpenOnly: boolean;
  InboundDomain: string;
  InboundSpamThreshold: number;
  TrackOpens: boolean;
  TrackLinks: string;
  IncludeBounceContentInHook: boolean;
  EnableSmtpApiErrorHooks: boolean;
}

export const SERVER_ID = 77;
const INBOUND_HASH = '5a9db0x17c';

const EDITABLE: readonly (keyof ServerObject)[] = [
  'Name',
  'Color',
  'SmtpApiActivated',
  'RawEmailEnabled',
  'InboundHookUrl',
  'PostFirstOpenOnly',
  'InboundDomain',
  'InboundSpamThreshold',
  'TrackOpens',
  'TrackLinks',
  'IncludeBounceContentInHook',
  'EnableSmtpApiErrorHooks',
];

export function createServerObject(): ServerObject {
  return {
    ID: SERVER_ID,
    Name: 'Postlane local sandbox',
    Color: 'Turquoise',
    SmtpApiActivated: true,
    RawEmailEnabled: false,
    DeliveryType: 'Live',
    ServerLink: '',
    InboundAddress: `${INBOUND_HASH}@inbound.postmarkapp.com`,
    InboundHash: INBOUND_HASH,
    InboundHookUrl: '',
    BounceHookUrl: '',
    OpenHookUrl: '',
    DeliveryHookUrl: '',
    ClickHookUrl: '',
    PostFirstOpenOnly: false,
    InboundDomain: '',
    InboundSpamThreshold: 0,
    TrackOpens: false,
    TrackLinks: 'None',
    IncludeBounceContentInHook: false,
    EnableSmtpApiErrorHooks: false,
  };
}

/** Takes over the editable keys of a request; the name of the first key with a wrong type stops it. */
export function editServerObject(server: ServerObject, changes: Record<string, unknown>): string | null {
  const given = EDITABLE.filter(key => changes[key] !== undefined && changes[key] !== null);
  const wrong = given.find(key => typeof changes[key] !== typeof server[key]);
  if (wrong) return wrong;
  Object.assign(server, Object.fromEntries(given.map(key => [key, changes[key]])));
  return null;
}
