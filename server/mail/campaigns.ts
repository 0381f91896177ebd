import Joi from 'joi';
import { v7 as newId } from 'uuid';
import { addRecipients, type Recipients, requireCampaign as readOrRefuse, wrongState } from './audience.ts';
import type { MailContext } from './context.ts';
import { MailError } from './error.ts';
import { hasControlCharacter } from './rules/address.ts';
import { instant } from './rules/instant.ts';
import { firstFault } from './rules/joi-fault.ts';
import { limits } from './rules/limits.ts';
import { type Progress, progressOf } from './rules/progress.ts';
import { categoryPolicy } from './rules/routing.ts';
import {
  type Campaign,
  countAudience,
  countIneligible,
  insertCampaign,
  listCampaigns,
  moveCampaign,
  moveCampaignMessages,
} from './store/campaigns.ts';
import { countByState } from './store/message-views.ts';

/** A campaign to be made. */
export interface CampaignInput {
  name: string;
  template: string;
  /** What people subscribe to; who withdrew from it is left out. */
  topic?: string;
  /** Shared by all recipients; theirs is laid over it. */
  data?: Record<string, unknown>;
  tag?: string;
  /** Not before this moment; at launch when absent. */
  sendAt?: Date | string;
}

/** Who gets a campaign and who does not, and why. */
export interface CampaignPlan {
  audience: number;
  willReceive: number;
  suppressed: number;
  withdrawn: number;
  withoutConsent: number;
}

/** The life of campaigns: {@link createCampaigns}. */
export type Campaigns = ReturnType<typeof createCampaigns>;

const campaignInput = Joi.object({
  name: Joi.string().trim().min(1).max(200).required(),
  template: Joi.string().max(64).required(),
  topic: Joi.string()
    .pattern(/^[a-z0-9][a-z0-9_-]*$/)
    .max(64),
  data: Joi.object().default({}),
  tag: Joi.string()
    .max(limits.tag)
    .custom((tag: string, helper) => (hasControlCharacter(tag) ? helper.error('string.base') : tag)),
  sendAt: instant,
}).required();

/** Campaigns from draft to done. Every call names the states it may start from; `wrong-state` otherwise. */
export function createCampaigns(context: MailContext) {
  const { db, now } = context;

  /** Makes a draft, pinned to the template's published version. */
  async function create(input: CampaignInput): Promise<Campaign> {
    const { error, value } = campaignInput.validate(input);
    if (error) {
      const { path, fault } = firstFault(error);
      throw new MailError('invalid-input', `${path} ${fault}.`, path);
    }
    const template = await context.templates.published(value.template);
    const { category } = template.content;
    if (categoryPolicy(context.policy, category).lane !== 'bulk') {
      throw new MailError(
        'invalid-input',
        `${value.template} is transactional: send it message by message.`,
        'template',
      );
    }
    const campaign: Campaign = {
      id: newId(),
      name: value.name,
      state: 'draft',
      templateVersionId: template.id,
      template: template.content.key,
      templateVersion: template.version,
      category,
      topic: value.topic ?? null,
      data: value.data,
      tag: value.tag ?? null,
      sendAt: value.sendAt ?? null,
      expandedTo: 0,
      createdAt: now(),
      launchedAt: null,
      finishedAt: null,
    };
    await insertCampaign(db, campaign);
    return campaign;
  }

  /** Who would get it now, and who not, and why. */
  async function plan(id: string): Promise<CampaignPlan> {
    const campaign = await requireCampaign(id);
    const { consent, routes } = categoryPolicy(context.policy, campaign.category);
    const audience = await countAudience(db, id);
    const stream = routes[0]?.stream ?? '';
    const { suppressed, withdrawn, notGranted } = await countIneligible(db, id, stream, campaign.topic);
    const withoutConsent = consent === 'opt-in' && campaign.topic ? notGranted : 0;
    const optedOut = consent === 'none' ? 0 : withdrawn;
    return {
      audience,
      willReceive: audience - suppressed - optedOut - withoutConsent,
      suppressed,
      withdrawn: optedOut,
      withoutConsent,
    };
  }

  /** Freezes the audience and schedules it: at its `sendAt`, else now. */
  async function launch(id: string): Promise<Campaign> {
    if ((await countAudience(db, id)) === 0) {
      await requireCampaign(id);
      throw new MailError('wrong-state', 'The campaign has no recipients yet.', 'recipients');
    }
    return move(id, ['draft'], 'scheduled', 'be launched', { launchedAt: now() });
  }

  /** Stops it for now; what waits is held. What is on the wire goes out. */
  async function pause(id: string): Promise<Campaign> {
    const campaign = await move(id, ['scheduled', 'expanding', 'sending'], 'paused', 'be paused');
    await moveCampaignMessages(db, id, 'queued', { state: 'held', due_at: null });
    return campaign;
  }

  /** Goes on where it was paused. */
  async function resume(id: string): Promise<Campaign> {
    const campaign = await move(id, ['paused'], 'scheduled', 'be resumed');
    await moveCampaignMessages(db, id, 'held', { state: 'queued', due_at: now() });
    return campaign;
  }

  /** Ends it for good; what waits is cancelled. */
  async function cancel(id: string): Promise<Campaign> {
    const from = ['draft', 'scheduled', 'expanding', 'sending', 'paused'] as const;
    const campaign = await move(id, from, 'cancelled', 'be cancelled', { finishedAt: now() });
    for (const state of ['queued', 'held'] as const) {
      await moveCampaignMessages(db, id, state, { state: 'cancelled', due_at: null, cancelled_at: now() });
    }
    return campaign;
  }

  /** Puts its failed messages back into the queue; returns how many. */
  async function retryFailed(id: string): Promise<number> {
    await move(id, ['sending', 'done'], 'sending', 'retry');
    return moveCampaignMessages(db, id, 'failed', { state: 'queued', due_at: now() });
  }

  /** How far it is. */
  async function progress(id: string): Promise<Progress> {
    await requireCampaign(id);
    return progressOf(await countAudience(db, id), await countByState(db, id));
  }

  const requireCampaign = (id: string) => readOrRefuse(db, id);

  async function move(
    id: string,
    from: readonly Campaign['state'][],
    to: Campaign['state'],
    what: string,
    stamps: { launchedAt?: Date; finishedAt?: Date } = {},
  ): Promise<Campaign> {
    const moved = await moveCampaign(db, id, from, to, stamps);
    const campaign = await requireCampaign(id);
    if (!moved) throw wrongState(campaign, what);
    return campaign;
  }

  return {
    create,
    /** Adds recipients to a draft; see {@link addRecipients}. */
    addRecipients: (id: string, recipients: Recipients) => addRecipients(context, id, recipients),
    plan,
    launch,
    pause,
    resume,
    cancel,
    retryFailed,
    progress,
    get: requireCampaign,
    list: () => listCampaigns(db),
  };
}
