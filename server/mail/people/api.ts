import type { EventView } from '../events/events-store.ts';
import type { ChangeOptions } from '../shared/change.ts';
import type { Topic } from '../templates/index.ts';
import type { Consent } from './consent-store.ts';
import type { Suppression, SuppressionFilter, SuppressionPage } from './suppressions-store.ts';

/** A suppression with the event behind it, where there is one. */
export interface SuppressionEvidence {
  suppression: Suppression;
  event: EventView | null;
  /** Why it cannot be lifted; null when it can. */
  fixed: string | null;
}

/** Who must not be mailed on a stream, and why: `mail.suppressions`. */
export interface Suppressions {
  /** Active suppressions of a stream, of an address, or all. */
  list(
    filter?:
      | { stream?: string | undefined; address?: string | undefined; limit?: number | undefined }
      | undefined,
  ): Promise<Suppression[]>;
  /** The same page by page, by the beginning of an address. */
  page(filter?: SuppressionFilter | undefined): Promise<SuppressionPage>;
  /** One, active or not, with the event behind it; null when there never was one. */
  evidence(stream: string, address: string): Promise<SuppressionEvidence | null>;
  /**
   * An operator's own suppression; the note says why. False when the address is suppressed already and that stays as
   * it is.
   */
  add(stream: string, address: string, note: string, options?: ChangeOptions | undefined): Promise<boolean>;
  /**
   * Lifts a suppression. One of the provider is lifted there first; throws `wrong-state` for those that it never lifts,
   * and with its own words when it refuses. It is asked at once, also where the change waits for a caller's commit.
   */
  lift(stream: string, address: string, note: string, options?: ChangeOptions | undefined): Promise<void>;
}

/** What a person says about a topic. */
export interface ConsentStatement {
  topic: Topic;
  address: string;
  granted: boolean;
  /** How we know, such as where and how it was said. */
  evidence?: string | undefined;
  /** When it was said; now when absent. An older statement never replaces a newer one. */
  at?: Date | string | undefined;
}

/** What people said about topics: `mail.consent`. */
export interface Consents {
  /** Records a statement with its evidence. */
  record(statement: ConsentStatement, options?: ChangeOptions | undefined): Promise<void>;
  /** All statements of an address. */
  list(address: string): Promise<Consent[]>;
}
