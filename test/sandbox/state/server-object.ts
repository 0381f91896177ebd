/** The server as `GET /server` shows it, but for its tokens. */
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

const FIRST_ID = 77;

/** A new server; `number` counts the servers of the account from 0. */
export function createServerObject(number = 0): ServerObject {
  const hash = `5a9db0x17c${number === 0 ? '' : number}`;
  return {
    ID: FIRST_ID + number,
    Name: number === 0 ? 'Postlane local sandbox' : `Server ${number}`,
    Color: 'Turquoise',
    SmtpApiActivated: true,
    RawEmailEnabled: false,
    DeliveryType: 'Live',
    ServerLink: '',
    InboundAddress: `${hash}@inbound.postmarkapp.com`,
    InboundHash: hash,
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
