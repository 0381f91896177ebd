import type { EventView } from '../events/events-store.ts';
import type { ChangeOptions } from '../shared/change.ts';
import type { LongListOptions, LongListResult } from '../shared/long-list.ts';
import type { Topic } from '../templates/index.ts';
import type { SuppressionClass, SuppressionScope, SuppressionSource } from './suppression.ts';
import type { RecordedChange } from './suppression-changes-store.ts';
import type { ListedFilter, SuppressionFilter, SuppressionPage } from './suppression-lists-store.ts';
import type { Suppression } from './suppressions-store.ts';

/** What an address gets no more; each scope needs what it names, and nothing else. */
export interface SuppressionTarget {
  address: string;
  /**
   * `topic`, `bulk` (all bulk mail), `non-essential` (all but mail of categories that the policy calls essential) or
   * `everything`; `stream` is what goes by one stream, and its bulk mail whatever way it goes.
   */
  scope: SuppressionScope;
  topic?: Topic | undefined;
  stream?: string | undefined;
  /** Who asks for it. Default `operator`. What a person asked for is lifted by `person` alone. */
  source?: Exclude<SuppressionSource, 'provider' | 'rule'> | undefined;
}

/** A {@link SuppressionTarget} with the reason. */
export interface NewSuppression extends SuppressionTarget {
  note: string;
  /**
   * When it ends by itself. Without one it stays until it is lifted. Entering it again may make it last longer, never
   * shorter. What expires is not told to providers, whose lists know no end.
   */
  expiresAt?: Date | string | undefined;
}

/** A suppression of a list. */
export interface ImportedSuppression extends NewSuppression {
  /** What a provider reported it as, in a list that was exported: known where the same is reported there already. */
  reported?: SuppressionClass | undefined;
}

/** What became of a list of suppressions. An import only ever adds: nothing is lifted, and nothing ends sooner. */
export interface SuppressionImport extends LongListResult {
  /** New, or standing for longer than before. */
  added: number;
  /** There already, for as long or longer. */
  known: number;
}

/** Options of an import. */
export interface SuppressionImportOptions extends LongListOptions {
  /** Who makes it; it gets one entry in the audit log. */
  by?: string | undefined;
  /** Check all of them, say what is new, and enter none. */
  checkOnly?: boolean | undefined;
}

/** The strongest suppression of a place, with the event behind it, where there is one. */
export interface SuppressionEvidence {
  suppression: Suppression;
  event: EventView | null;
  /** Why it cannot be lifted; null when it can. */
  fixed: string | null;
  /** All of the place, also those that were lifted: what the provider reported and what was entered here. */
  all: Suppression[];
}

/** What became of a lift. */
export interface Lifted {
  /** How many suppressions of the place it ended; never 0, for then it throws. */
  lifted: number;
  /** What still stands there, such as a complaint behind an operator's own entry. */
  still: Suppression | null;
}

/**
 * Who must not be mailed, how far that goes, and why: `mail.suppressions`. What providers report and what is entered here are
 * facts of their own; any active one stops the mail that it reaches, and the strongest is named as the reason.
 */
export interface Suppressions {
  /** Active suppressions of a stream, of an address, or all; of each place the strongest. */
  list(filter?: ListedFilter | undefined): Promise<Suppression[]>;
  /** The same page by page, by the beginning of an address, or by a part of it. */
  page(filter?: SuppressionFilter | undefined): Promise<SuppressionPage>;
  /** What is or was suppressed there, with the event behind it; null when nothing ever was. */
  evidence(stream: string, address: string): Promise<SuppressionEvidence | null>;
  evidence(target: SuppressionTarget): Promise<SuppressionEvidence | null>;
  /** All active suppressions, every one of each place, in order of address, in flat memory. */
  export(filter?: { stream?: string | undefined } | undefined): AsyncIterable<Suppression>;
  /**
   * Enters many, in flat memory and in pages of their own; an import never lifts, and the same list again changes nothing.
   * With `checkOnly` it only says what is new; a line that repeats an earlier one may then count as new.
   */
  import(
    list: Iterable<ImportedSuppression> | AsyncIterable<ImportedSuppression>,
    options?: SuppressionImportOptions | undefined,
  ): Promise<SuppressionImport>;
  /** Every report about an address and every change to its suppressions, newest first; at most 500. */
  history(address: string): Promise<RecordedChange[]>;
  /**
   * Suppresses an address on a stream, or as far as the target says; the note says why. False when just that was entered
   * before, for as long or longer, and nothing changed.
   */
  add(stream: string, address: string, note: string, options?: ChangeOptions | undefined): Promise<boolean>;
  add(suppression: NewSuppression, options?: ChangeOptions | undefined): Promise<boolean>;
  /**
   * Lifts what may be lifted there. What the provider keeps is lifted there first; throws `wrong-state` when nothing is
   * suppressed there, when all that is can never be lifted, and with the provider's words when it refuses. The provider is
   * asked at once, also where the change waits for a caller's commit.
   */
  lift(stream: string, address: string, note: string, options?: ChangeOptions | undefined): Promise<Lifted>;
  lift(target: SuppressionTarget, note: string, options?: ChangeOptions | undefined): Promise<Lifted>;
}
