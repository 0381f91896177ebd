import type { Suppression } from './suppressions-store.ts';

/** How we know of a statement: the person said it here; somebody entered, sent or imported it; a provider reported it. */
export const consentSources = ['person', 'operator', 'host', 'import', 'provider'] as const;

/** One of {@link consentSources}. */
export type ConsentSource = (typeof consentSources)[number];

/** The last word of a person about a topic, and how we know. */
export interface Consent {
  topic: string;
  address: string;
  granted: boolean;
  source: ConsentSource;
  evidence: string | null;
  changedAt: Date;
}

/** One statement, as it is kept for good. */
export interface ConsentChange {
  address: string;
  /** `topic`, or how far a wider one reached: `bulk` for all bulk mail, `non-essential` for all but the essential. */
  scope: 'topic' | 'bulk' | 'non-essential';
  /** Empty for a wider one. */
  topic: string;
  granted: boolean;
  /** True for a grant that was still to be confirmed. */
  pending: boolean;
  source: ConsentSource;
  evidence: string | null;
  /** The text that the person saw. */
  wording: string | null;
  /** The language of that text. */
  locale: string | null;
  saidAt: Date;
  recordedAt: Date;
  /** Who recorded it; null when nobody was named. */
  recordedBy: string | null;
}

/** A grant that waits for its confirmation, or was confirmed. */
export interface Confirmation {
  topic: string;
  address: string;
  linkId: string;
  source: ConsentSource;
  evidence: string | null;
  wording: string | null;
  locale: string | null;
  expiresAt: Date;
  confirmedAt: Date | null;
}

/** What the links in a message lead back to. */
export interface LinkedMessage {
  id: string;
  address: string;
  category: string;
  topic: string | null;
  locale: string | null;
  brand: string | null;
  templateVersionId: number | null;
}

/** What is asked to be confirmed. */
export type Asked = Omit<Confirmation, 'linkId' | 'expiresAt' | 'confirmedAt'> & { at: Date };

/** Where statements are kept, as one transaction sees it. */
export interface ConsentRecords {
  /** All current statements of an address, by topic. */
  consents(address: string): Promise<Consent[]>;
  /** The current statement, held until the transaction ends. */
  locked(topic: string, address: string): Promise<Consent | null>;
  /**
   * Makes a statement the current one; false when a newer one stands. One that is made now comes after all that is known,
   * whatever the clocks say; of two of one moment the refusal stands.
   */
  put(consent: Consent, options: { isNow: boolean }): Promise<boolean>;
  append(change: ConsentChange): Promise<void>;
  history(address: string, limit: number): Promise<ConsentChange[]>;
  /** Keeps what waits for a confirmation; says by which link, and whether a mail with it may be sent. */
  ask(asked: Asked): Promise<{ linkId: string; mayMail: boolean }>;
  /** Topics of an address that wait for a confirmation. */
  pending(address: string, now: Date): Promise<Set<string>>;
  /** Ends the wait, by a grant or a withdrawal. */
  settle(consent: Pick<Consent, 'topic' | 'address' | 'granted'>, at: Date): Promise<void>;
  byLink(linkId: string): Promise<Confirmation | null>;
  /** A message by its id; null for one that is not kept. */
  message(id: string): Promise<LinkedMessage | null>;
  /** Active suppressions of an address. */
  suppressed(address: string): Promise<readonly Suppression[]>;
}
