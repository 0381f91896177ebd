/** What finders and assertions know of a mail, sent or waiting. */
export interface MailFacts {
  /** Our id of the message; null for mail that did not come from the module, or where its database is not known. */
  messageId: string | null;
  /** Key of its template; null for mail without one, and where `messageId` is null. */
  template: string | null;
  /** Null where `messageId` is null. */
  category: string | null;
  campaignId: string | null;
  /** Bare addresses, those of Cc and Bcc too. */
  recipients: readonly string[];
  subject: string;
  html: string;
  text: string;
  stream: string;
  /** Empty without one. */
  tag: string;
  metadata: Readonly<Record<string, string>>;
}

/** Fields of a filter: everything named must fit. A text fits a subject or body that contains it. */
export interface WantedFields {
  /** An address in any spelling of its case; Cc and Bcc count too. */
  to?: string | RegExp | undefined;
  subject?: string | RegExp | undefined;
  text?: string | RegExp | undefined;
  html?: string | RegExp | undefined;
  template?: string | undefined;
  category?: string | undefined;
  campaignId?: string | undefined;
  tag?: string | undefined;
  stream?: string | undefined;
  /** These pairs among the mail's own. */
  metadata?: Readonly<Record<string, string>> | undefined;
}

/** Which mail is meant: by its fields, or by any rule. */
export type Wanted<T extends MailFacts = MailFacts> = WantedFields | ((mail: T) => boolean);

const rules: { readonly [Name in keyof WantedFields]-?: (mail: MailFacts, wanted: never) => boolean } = {
  to: ({ recipients }, wanted: string | RegExp) => recipients.some(one => isAddress(one, wanted)),
  subject: ({ subject }, wanted: string | RegExp) => contains(subject, wanted),
  text: ({ text }, wanted: string | RegExp) => contains(text, wanted),
  html: ({ html }, wanted: string | RegExp) => contains(html, wanted),
  template: ({ template }, wanted: string) => template === wanted,
  category: ({ category }, wanted: string) => category === wanted,
  campaignId: ({ campaignId }, wanted: string) => campaignId === wanted,
  tag: ({ tag }, wanted: string) => tag === wanted,
  stream: ({ stream }, wanted: string) => stream === wanted,
  metadata: ({ metadata }, wanted: Record<string, string>) =>
    Object.entries(wanted).every(([name, value]) => metadata[name] === value),
};

/** Whether a mail is meant. Throws for a field that there is not: it would fit every mail. */
export function fits<T extends MailFacts>(mail: T, wanted: Wanted<T>): boolean {
  if (typeof wanted === 'function') return wanted(mail);
  checkFields(wanted);
  return Object.entries(wanted).every(
    ([name, value]) => value === undefined || rules[name as keyof WantedFields](mail, value as never),
  );
}

function checkFields(wanted: WantedFields): void {
  const unknown = Object.keys(wanted).find(name => !Object.hasOwn(rules, name));
  if (unknown !== undefined)
    throw new TypeError(`Mail is not found by ${unknown}, but by ${Object.keys(rules).join(', ')}.`);
}

/** Whether a filter asks for what only our own ledger knows of a mail. */
export function asksLedger<T extends MailFacts>(wanted: Wanted<T>): boolean {
  if (typeof wanted === 'function') return false;
  return [wanted.template, wanted.category, wanted.campaignId].some(value => value !== undefined);
}

/** A filter in words, for the message of an assertion. */
export function describe<T extends MailFacts>(wanted: Wanted<T>): string {
  if (typeof wanted === 'function') return 'that fits the given rule';
  const fields = Object.entries(wanted).filter(([, value]) => value !== undefined);
  return fields.length === 0
    ? 'at all'
    : `with ${fields.map(([name, value]) => `${name} ${show(value)}`).join(', ')}`;
}

/** A line for each mail, for the message of an assertion. */
export function list(mails: readonly MailFacts[]): string {
  return mails
    .map(({ subject, recipients, template }) => {
      const from = template === null ? '' : ` (template ${template})`;
      return `  "${subject}" to ${recipients.join(', ')}${from}`;
    })
    .join('\n');
}

function show(value: unknown): string {
  return value instanceof RegExp ? String(value) : JSON.stringify(value);
}

function isAddress(address: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string'
    ? address.toLowerCase() === wanted.toLowerCase()
    : contains(address, wanted);
}

function contains(text: string, wanted: string | RegExp): boolean {
  // `search` does not move a global expression on from call to call, as `test` does.
  return typeof wanted === 'string' ? text.includes(wanted) : text.search(wanted) >= 0;
}
