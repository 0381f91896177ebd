import type { ChangeOptions } from '../shared/change.ts';
import type { CampaignTemplateInput, ContractSpec, Topic } from '../templates/index.ts';
import type { AudienceOptions, AudienceResult } from './audience.ts';
import type { Campaign } from './campaigns-store.ts';
import type { Recipients } from './input.ts';
import type { Progress } from './progress.ts';
import type { CampaignResult } from './results-store.ts';
import type { CampaignAction } from './states.ts';

/** Input of `campaigns.create`. */
export type CampaignInput = CampaignTemplateInput & CampaignFields;

/** A {@link CampaignInput} without its template and its data. */
export interface CampaignFields {
  /** For people, 1 to 200 characters. */
  name: string;
  /** What people subscribe to; those who withdrew from it are left out. */
  topic?: Topic | undefined;
  tag?: string | undefined;
  /** A brand of the configuration; without it the default one. */
  brand?: string | undefined;
  /** Not before this moment; at launch when absent. */
  sendAt?: Date | string | undefined;
}

/** A campaign and what may be done to it now. */
export interface CampaignDetails extends Campaign {
  allowed: CampaignAction[];
}

/** Who gets a campaign and who does not, and why. */
export interface CampaignPlan {
  audience: number;
  willReceive: number;
  suppressed: number;
  withdrawn: number;
  withoutConsent: number;
}

/** Which campaigns to list. */
export interface CampaignFilter {
  /** Only those on their way. */
  running?: boolean | undefined;
  /** Older than this id. */
  cursor?: string | undefined;
}

/** Campaigns from draft to done: `mail.campaigns`. A call from a state that does not allow it throws `wrong-state`. */
export interface Campaigns {
  /** Makes a draft, pinned to the template's published version. */
  create(input: CampaignInput, options?: ChangeOptions | undefined): Promise<Campaign>;
  /** Templates that campaigns can be made of, by key. */
  templates(): Promise<string[]>;
  /** The data that its template takes of each recipient, except what all share. Throws `unknown-campaign`. */
  contract(id: string): Promise<ContractSpec>;
  /**
   * Adds recipients to a draft page by page, in flat memory. Faulty ones are left out and reported; an address counts
   * once, so adding them again changes nothing. Throws `wrong-state` when the campaign is, or meanwhile was, launched:
   * its audience is frozen. In a caller's transaction the campaign is locked until that ends.
   */
  addRecipients(
    id: string,
    recipients: Recipients,
    options?: AudienceOptions | undefined,
  ): Promise<AudienceResult>;
  /** Empties the audience of a draft; returns how many were taken out. */
  removeRecipients(id: string, options?: Omit<ChangeOptions, 'idempotencyKey'> | undefined): Promise<number>;
  /** Who would get it now, and who not, and why. */
  plan(id: string): Promise<CampaignPlan>;
  /** Freezes the audience and schedules it: at its `sendAt`, else now. */
  launch(id: string, options?: ChangeOptions | undefined): Promise<Campaign>;
  /**
   * Stops it for now; what waits is held. What is being sent goes out. In a caller's transaction, here as in the next
   * three, messages follow within seconds of its commit, by the worker.
   */
  pause(id: string, options?: ChangeOptions | undefined): Promise<Campaign>;
  /** Goes on where it was paused. */
  resume(id: string, options?: ChangeOptions | undefined): Promise<Campaign>;
  /** Ends it for good; what waits is cancelled. */
  cancel(id: string, options?: ChangeOptions | undefined): Promise<Campaign>;
  /** Puts its failed messages back into the queue; returns how many. */
  retryFailed(id: string, options?: ChangeOptions | undefined): Promise<number>;
  /**
   * How far it is. With `recent`, a large running campaign is reported as counted within the last minute, so that pages
   * stay quick.
   */
  progress(id: string, options?: { recent?: boolean | undefined } | undefined): Promise<Progress>;
  /** What became of each recipient, in flat memory. Throws `unknown-campaign`. */
  results(id: string): AsyncGenerator<CampaignResult>;
  /** One campaign with the actions that its state allows. Throws `unknown-campaign`. */
  get(id: string): Promise<CampaignDetails>;
  /** The latest hundred, newest first. */
  list(filter?: CampaignFilter | undefined): Promise<Campaign[]>;
}
