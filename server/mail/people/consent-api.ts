import type { ChangeOptions } from '../shared/change.ts';
import type { Topic } from '../templates/index.ts';
import type { Consent, ConsentChange, ConsentSource } from './consent-records.ts';
import type { SuppressionSource } from './suppression.ts';
import type { Suppression } from './suppressions-store.ts';

/** How we know of a statement, and what the person saw. */
export interface StatementDetails {
  /** Such as where and how it was said. */
  evidence?: string | undefined;
  /** The text that the person agreed to or refused, copied; at most 10,000 characters. */
  wording?: string | undefined;
  /** The language of that text, and of a mail that asks to confirm: BCP 47, such as `nl-BE`. */
  locale?: string | undefined;
  /**
   * True where the address is known to be the person's: a grant of a topic with double opt-in then counts at once. For imports
   * of what was confirmed elsewhere, and for people who came by a link in a mail to that address.
   */
  confirmed?: boolean | undefined;
}

/** What a person says about a topic. */
export interface ConsentStatement extends StatementDetails {
  topic: Topic;
  address: string;
  granted: boolean;
  /** Default `host`. */
  source?: ConsentSource | undefined;
  /**
   * When it was said, where that was not now: an older statement never replaces a newer one, of two of one moment the refusal
   * stands, and one from the future counts from now. Left out, it comes after everything that is known.
   */
  at?: Date | string | undefined;
}

/** What became of a statement: `outdated` is kept in the history while a newer one stands; `pending` waits to be confirmed. */
export type Recorded = 'granted' | 'withdrawn' | 'pending' | 'outdated';

/** One topic as a recipient sees it. */
export interface TopicPreference {
  key: string;
  name: string;
  description: string;
  /** Whether its mail goes to them, as far as the topic alone decides. */
  subscribed: boolean;
  /** Since when, and by whom that was said; null where nobody said anything. */
  since: Date | null;
  source: ConsentSource | SuppressionSource | null;
  /** True while a mail to them waits for their confirmation. */
  pending: boolean;
}

/** What an address wants. */
export interface Preferences {
  /** Those on the preference page, in their order. */
  topics: TopicPreference[];
  /** True when the person refuses all bulk mail. */
  allBulk: boolean;
  /** True when the person refuses everything but the essential. */
  nonEssential: boolean;
}

/** What to change; what is left out stays. */
export interface PreferenceChange {
  /** By topic: true to subscribe, false to unsubscribe. */
  topics?: Readonly<Record<string, boolean>> | undefined;
  /** True refuses all bulk mail, false takes that back. */
  allBulk?: boolean | undefined;
  /** True refuses everything but the essential, false takes that back. */
  nonEssential?: boolean | undefined;
}

/** Who changes it, and how we know. */
export interface PreferenceOptions extends StatementDetails, Omit<ChangeOptions, 'idempotencyKey'> {
  /** Default `person`. What a person asked for is taken back by `person` alone. */
  source?: 'person' | 'operator' | 'host' | undefined;
}

/** What came of a change of preferences. */
export interface PreferencesSet {
  /** What is other than before; empty when nothing was changed. */
  changed: {
    scope: ConsentChange['scope'];
    /** Null for a wider scope. */
    topic: string | null;
    granted: boolean;
    /** True when a mail asks to confirm it. */
    pending: boolean;
  }[];
  /** What still stops mail that was asked for, with the reason why it could not be taken back. */
  stays: { suppression: Suppression; why: string }[];
}

/**
 * What a link to confirm is worth: `open` can be confirmed, `confirmed` has been, `expired` is too old or was withdrawn since,
 * `unknown` is none of ours.
 */
export type ConfirmationState =
  | { state: 'unknown' }
  | {
      state: 'open' | 'confirmed' | 'expired';
      topic: { key: string; name: string; description: string };
      /** In which language it was asked for. */
      locale: string | null;
      address: string;
    };

/** Who the links in a message lead back to, and what the pages behind them need. */
export interface LinkRecipient {
  /** The message that the link was in, and whom it was to. */
  messageId: string;
  address: string;
  /**
   * What the message was about; null for mail that is on no topic. `open`: false for one that mail goes out on no more, and that
   * nobody can subscribe to.
   */
  topic: { key: string; name: string; description: string; open: boolean } | null;
  /** The message's language; null where it named none. */
  locale: string | null;
  /** In whose name it was sent. `colour` is `#rgb` or `#rrggbb`. */
  brand: { name: string; colour: string | null };
}

/** What people said about topics: `mail.consent`. */
export interface Consents {
  /**
   * Records a statement with its evidence. A grant by `person` or `host` of a topic with double opt-in sends a mail that asks to
   * confirm it, at most one an hour, and counts once it is confirmed.
   */
  record(statement: ConsentStatement, options?: ChangeOptions | undefined): Promise<Recorded>;
  /** What an address last said about each topic. */
  list(address: string): Promise<Consent[]>;
  /** Every statement of an address, newest first; at most 500. */
  history(address: string): Promise<ConsentChange[]>;
  /** What an address wants, for its preference page or a host's account page; `also` names topics that are not shown. */
  preferences(
    address: string,
    options?: { locale?: string | null | undefined; also?: readonly string[] | undefined } | undefined,
  ): Promise<Preferences>;
  /**
   * Changes what an address wants; done twice, the second time changes nothing. Whoever comes back takes back what they
   * themselves asked for, also at the provider, but never a complaint or what somebody else entered. The provider is asked at
   * once, also where the change waits for a caller's commit.
   */
  setPreferences(
    address: string,
    change: PreferenceChange,
    options?: PreferenceOptions | undefined,
  ): Promise<PreferencesSet>;
  /** What a link to confirm would do; it changes nothing. */
  inspectConfirmation(token: string): Promise<ConfirmationState>;
  /** Confirms a subscription by the token of its link: `confirmed` now or before, else as {@link inspectConfirmation}. */
  confirm(token: string): Promise<ConfirmationState>;
  /**
   * The recipient of the message that a link to unsubscribe or to the preferences was in, by its token; such links never expire.
   * `locale` is the language of the topic's words, else the message's. Null when the token is none of ours or its message is gone.
   */
  recipientOf(
    token: string,
    options?: { locale?: string | null | undefined } | undefined,
  ): Promise<LinkRecipient | null>;
}
