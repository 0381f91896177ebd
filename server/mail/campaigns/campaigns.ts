import Joi from 'joi';
import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { categoryPolicy } from '../routing/policy.ts';
import { hasControlCharacter } from '../shared/address.ts';
import { type Actor, audited } from '../shared/audit-store.ts';
import { idAt } from '../shared/ids.ts';
import { firstFault, timestampSchema } from '../shared/joi.ts';
import { inTransaction } from '../shared/transaction.ts';
import type { ContractSpec } from '../templates/index.ts';
import {
  type AudienceOptions,
  addRecipients,
  type Recipients,
  requireCampaign as readOrRefuse,
  removeRecipients,
} from './audience.ts';
import { countAudience, countConsentsIn, countSuppressedIn } from './audience-store.ts';
import { type Campaign, insertCampaign, listCampaigns } from './campaigns-store.ts';
import { createCampaignLife } from './lifecycle.ts';
import { type Progress, progressIn } from './progress.ts';
import { type CampaignResult, resultsOf } from './results-store.ts';
import { allowedCampaignActions, type CampaignAction } from './states.ts';

/** Input of `campaigns.create`. */
export interface CampaignInput {
  name: string;
  template: string;
  /** What people subscribe to; those who withdrew from it are left out. */
  topic?: string;
  /** Shared by all recipients; their own data is merged over it. */
  data?: Record<string, unknown>;
  tag?: string;
  /** Not before this moment; at launch when absent. */
  sendAt?: Date | string;
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

/** See {@link createCampaigns}. */
export type Campaigns = ReturnType<typeof createCampaigns>;

const campaignInput = Joi.object({
  name: Joi.string().trim().min(1).max(200).required(),
  template: Joi.string().max(64).required(),
  topic: Joi.string()
    .pattern(/^[a-z0-9][a-z0-9_-]*$/)
    .max(64),
  data: Joi.object().default({}),
  tag: Joi.string().custom((tag: string, helper) =>
    hasControlCharacter(tag) ? helper.error('string.base') : tag,
  ),
  sendAt: timestampSchema,
}).required();

/** Campaigns from draft to done. Every call names the states it may start from; `wrong-state` otherwise. */
export function createCampaigns(context: MailContext) {
  const { db, now } = context;

  /** Makes a draft, pinned to the template's published version. */
  async function create(input: CampaignInput, actor: Actor = {}): Promise<Campaign> {
    const { error, value } = campaignInput.validate(input);
    if (error) {
      const { path, fault } = firstFault(error);
      throw new MailError('invalid-input', `${path} ${fault}.`, path);
    }
    const { limits } = context.providers;
    if ((value.tag?.length ?? 0) > limits.tag)
      throw new MailError('invalid-input', `tag is longer than ${limits.tag} characters.`, 'tag');
    const template = await context.templates.published(value.template);
    const { category } = template.content;
    if (!isBulk(context, category)) {
      throw new MailError(
        'invalid-input',
        `${value.template} is transactional: send it message by message.`,
        'template',
      );
    }
    const campaign: Campaign = {
      id: idAt(now()),
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
      audience: null,
      expandedTo: 0,
      createdAt: now(),
      launchedAt: null,
      finishedAt: null,
    };
    await inTransaction(db, async trx => {
      await insertCampaign(trx, campaign);
      const { id, name, template: key, topic, tag, sendAt } = campaign;
      await audited(trx, actor, {
        action: 'campaign.create',
        subject: `campaign:${id}`,
        after: { name, template: key, topic, tag, sendAt },
        at: now(),
      });
    });
    return campaign;
  }

  /** Who would get it now, and who not, and why. */
  async function plan(id: string): Promise<CampaignPlan> {
    const campaign = await requireCampaign(id);
    const { consent, routes } = categoryPolicy(context.policy, campaign.category);
    const stream = routes[0]?.stream ?? '';
    const topic = consent === 'none' ? null : campaign.topic;
    const [audience, suppressed, withdrawn, granted] = await Promise.all([
      countAudience(db, id),
      countSuppressedIn(db, id, stream),
      topic ? countConsentsIn(db, id, { stream, topic, granted: false }) : 0,
      topic && consent === 'opt-in' ? countConsentsIn(db, id, { stream, topic, granted: true }) : null,
    ]);
    const withoutConsent = granted === null ? 0 : audience - suppressed - withdrawn - granted;
    return {
      audience,
      willReceive: audience - suppressed - withdrawn - withoutConsent,
      suppressed,
      withdrawn,
      withoutConsent,
    };
  }

  /** How far it is. With `recent`, a large running campaign is reported as counted within the last minute, so that pages stay quick. */
  async function progress(id: string, { recent = false } = {}): Promise<Progress> {
    return progressIn(context, await requireCampaign(id), recent);
  }

  const requireCampaign = (id: string) => readOrRefuse(db, id);

  /** One campaign with the actions that its state allows. Throws `unknown-campaign`. */
  async function get(id: string): Promise<CampaignDetails> {
    const campaign = await requireCampaign(id);
    return { ...campaign, allowed: allowedCampaignActions(campaign.state) };
  }

  /** Templates that campaigns can be made of, by key. */
  async function templates(): Promise<string[]> {
    const keys = await context.templates.keys();
    const ready = await Promise.all(keys.map(key => context.templates.published(key)));
    return ready.filter(({ content }) => isBulk(context, content.category)).map(({ content }) => content.key);
  }

  /** The data that its template takes of each recipient, except what all share. */
  async function contract(id: string): Promise<ContractSpec> {
    const { templateVersionId } = await requireCampaign(id);
    return (await context.templates.version(templateVersionId)).content.contract;
  }

  return {
    create,
    templates,
    contract,
    /** Adds recipients to a draft; see {@link addRecipients}. */
    addRecipients: (id: string, recipients: Recipients, options: AudienceOptions = {}) =>
      addRecipients(context, id, recipients, options),
    /** Empties the audience of a draft. */
    removeRecipients: (id: string, actor: Actor = {}) => removeRecipients(context, id, actor),
    plan,
    ...createCampaignLife(context),
    progress,
    /** What became of each recipient, in flat memory. Throws `unknown-campaign`. */
    async *results(id: string): AsyncGenerator<CampaignResult> {
      await requireCampaign(id);
      yield* resultsOf(db, id);
    },
    get,
    /** The latest hundred, newest first. `running`: only those on their way. `cursor`: older than this id. */
    list: (filter: { running?: boolean; cursor?: string } = {}) => listCampaigns(db, filter),
  };
}

function isBulk({ policy }: MailContext, category: string): boolean {
  return categoryPolicy(policy, category).lane === 'bulk';
}
