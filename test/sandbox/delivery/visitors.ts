/** Who opened a mail or followed a link, as far as that can be seen from a request. */
export interface Visitor {
  client: Program;
  os: Program;
  platform: Platform;
  userAgent: string;
  /** Empty when the address tells nothing. */
  geo: Partial<Geo>;
  /** For opens only. */
  readSeconds: number;
}

export type Platform = 'WebMail' | 'Desktop' | 'Mobile' | 'Unknown';

export interface Program {
  Name: string;
  Company: string;
  Family: string;
}

/** The keys as Postmark writes them. */
export interface Geo {
  CountryISOCode: string;
  Country: string;
  RegionISOCode: string;
  Region: string;
  City: string;
  Zip: string;
  Coords: string;
  IP: string;
}

const UTRECHT: Geo = {
  CountryISOCode: 'NL',
  Country: 'Netherlands',
  RegionISOCode: 'UT',
  Region: 'Utrecht',
  City: 'Utrecht',
  Zip: '3511',
  Coords: '52.09,5.12',
  IP: '192.0.2.8',
};

/** The visitor when no other is named. */
export const SANDBOX_VISITOR: Visitor = {
  client: { Name: 'Sandbox Browser 1.0', Company: 'Postlane', Family: 'Sandbox Browser' },
  os: { Name: 'Sandbox OS 1', Company: 'Postlane', Family: 'Sandbox OS' },
  platform: 'Desktop',
  userAgent: 'SandboxBrowser/1.0',
  geo: UTRECHT,
  readSeconds: 4,
};
