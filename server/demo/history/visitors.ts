import type { Sandbox } from '../../../test/sandbox/index.ts';

type Visitor = NonNullable<Parameters<Sandbox['open']>[1]>;

/** With what people read their mail. */
export const visitors: readonly Visitor[] = [
  visitor('Apple Mail', 'Apple', 'iOS 26', 'Mobile'),
  visitor('Gmail', 'Google', 'Android 16', 'Mobile'),
  visitor('Outlook', 'Microsoft', 'Windows 11', 'Desktop'),
  visitor('Thunderbird', 'Mozilla', 'Linux', 'Desktop'),
];

function visitor(name: string, company: string, system: string, platform: 'Mobile' | 'Desktop'): Visitor {
  return {
    client: { Name: name, Company: company, Family: name },
    os: { Name: system, Company: company, Family: system.replace(/ \d+$/, '') },
    platform,
    userAgent: `${name} (${system})`,
    readSeconds: 9,
  };
}
