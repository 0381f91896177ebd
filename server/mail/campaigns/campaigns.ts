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
import type { CampaignDetails, CampaignInput, CampaignPlan, Campaigns } from './api.ts';
import { addRecipients, requireCampaign as readOrRefuse, removeRecipients } from './audience.ts';
import { countAudience, countConsentsIn, countSuppressedIn } from './audience-store.ts';
import { type Campaign, insertCampaign, listCampaigns } from './campaigns-store.ts';
import { createCampaignLife } from './lifecycle.ts';
import { progressIn } from './progress.ts';
import { resultsOf } from './results-store.ts';
import { allowedCampaignActions } from './states.ts';

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

/** See {@link Campaigns}. */
export function createCampaigns(context: MailContext): Campaigns {
  const { db, now } = context;

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

  const requireCampaign = (id: string) => readOrRefuse(db, id);

  async function get(id: string): Promise<CampaignDetails> {
    const campaign = await requireCampaign(id);
    return { ...campaign, allowed: allowedCampaignActions(campaign.state) };
  }

  async function templates(): Promise<string[]> {
    const keys = await context.templates.keys();
    const ready = await Promise.all(keys.map(key => context.templates.published(key)));
    return ready.filter(({ content }) => isBulk(context, content.category)).map(({ content }) => content.key);
  }

  async function contract(id: string): Promise<ContractSpec> {
    const { templateVersionId } = await requireCampaign(id);
    return (await context.templates.version(templateVersionId)).content.contract;
  }

  return {
    create,
    templates,
    contract,
    addRecipients: (id, recipients, options = {}) => addRecipients(context, id, recipients, options),
    removeRecipients: (id, actor = {}) => removeRecipients(context, id, actor),
    plan,
    ...createCampaignLife(context),
    progress: async (id, { recent = false } = {}) => progressIn(context, await requireCampaign(id), recent),
    async *results(id) {
      await requireCampaign(id);
      yield* resultsOf(db, id);
    },
    get,
    list: (filter = {}) => listCampaigns(db, filter),
  };
}

function isBulk({ policy }: MailContext, category: string): boolean {
  return categoryPolicy(policy, category).lane === 'bulk';
}
