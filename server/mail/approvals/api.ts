import type { CallerTransaction } from '../../../db/host/transaction.ts';
import type { Conflict, PublishOptions, SourceRef, TemplateIssue } from '../templates/index.ts';
import type { Approval, ApprovalFilter, Decider } from './approvals-store.ts';
import type { SecondPersonAction } from './states.ts';

/** What became of asking for a publication: nothing is published by it. */
export type PublicationRequest =
  | { state: 'requested'; approval: Approval }
  | { state: 'refused'; issues: TemplateIssue[] }
  | Conflict
  | { state: 'unchanged'; version: number };

/** A request as whatever does the thing makes it: {@link Approvals.request}. */
export interface NewApproval {
  action: SecondPersonAction;
  /** What it is about, such as `account:ID`; one request at a time. */
  subject: string;
  /** What is to be done, for who does it. JSON, never a secret. */
  request: Record<string, unknown>;
  /** What the person saw who asked, for the page that waits. JSON. */
  seen: Record<string, unknown>;
  /** SHA-256 of everything that must not change until it is approved, in hex. */
  fingerprint: string;
  /** Who had a hand in it besides the one who asks: they cannot approve it either. */
  preparedBy: readonly string[];
}

/**
 * Takes a request for the code that carries it out, in their transaction: true when it stands and is approved now, if that
 * transaction commits. False when it was decided, has expired, or `fingerprint` is not what was asked for.
 */
export type Claim = (trx: CallerTransaction, fingerprint: string) => Promise<boolean>;

/** How one kind of request is carried out. */
export interface ApprovalHandler {
  /** Whether what was asked for is still what would be done; `quick` for a list, which may overlook what takes long to see. */
  isCurrent(approval: Approval, how: { quick: boolean }): Promise<boolean>;
  /**
   * Does it in one transaction, which begins with the claim and does nothing where that says no. Null when it was done,
   * else why it cannot be, where there is more to say than that it has changed.
   */
  carryOut(approval: Approval, claim: Claim): Promise<string | null>;
}

/**
 * What waits for a second person: `mail.approvals`. Of the pages; code that calls `templates.publish` or `campaigns.launch`
 * acts for itself and is not held back.
 */
export interface Approvals {
  /** What takes a second person here; empty where the setting is off. */
  readonly actions: readonly SecondPersonAction[];
  /** Addresses that are told of requests, where people are the host's. */
  readonly mailTo: readonly string[];
  /** Asks for the publication of a draft, or of an earlier version, as it would be published now. */
  askToPublish(
    ref: SourceRef,
    options: Omit<PublishOptions, 'by'> & Decider & { restore?: number | undefined },
  ): Promise<PublicationRequest>;
  /** Asks for the launch of a campaign as it is now. Throws as `campaigns.launch` does. */
  askToLaunch(id: string, options: Decider): Promise<Approval>;
  /** Stores a request in the transaction that found out what it is bound to. Throws `wrong-state` when one is open. */
  request(input: NewApproval, options: Decider & { trx?: CallerTransaction | undefined }): Promise<Approval>;
  /** One request; brought up to date first. Null when there is none. */
  get(id: string): Promise<Approval | null>;
  /** Requests, the latest first; open ones are brought up to date first. */
  list(filter?: ApprovalFilter | undefined): Promise<Approval[]>;
  /**
   * Carries out what was asked for, exactly as it was, in one transaction with the word itself. Throws `wrong-state` when it
   * was decided, has expired or is outdated, and when this person asked for it or prepared it.
   */
  approve(id: string, options: Decider): Promise<Approval>;
  /** Refuses it, with a reason of 1 to 500 characters. Throws `wrong-state`. */
  decline(id: string, options: Decider & { reason: string }): Promise<Approval>;
  /** Takes back one's own request. Throws `wrong-state`. */
  withdraw(id: string, options: Decider): Promise<Approval>;
  /** Says how requests of an action are carried out that the module knows nothing of. */
  handle(action: SecondPersonAction, handler: ApprovalHandler): void;
}
