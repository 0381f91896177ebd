import Joi from 'joi';
import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import { refuseForTopic, refuseUnknownTopic } from '../people/topics.ts';
import { type Brand, brandingOf, brandOfKey } from '../routing/brands.ts';
import { mailKindOf } from '../routing/mail-kind.ts';
import { categoryPolicy } from '../routing/policy.ts';
import { consentAsked } from '../sending/eligibility.ts';
import { audited } from '../shared/audit-store.ts';
import { type ChangeOptions, changeOnce } from '../shared/change.ts';
import { idAt } from '../shared/ids.ts';
import { argument, type Rules, withCheckedInput } from '../shared/input.ts';
import { changeFields, changeSchema, idSchema, signalSchema } from '../shared/schemas.ts';
import type { ContractSpec, ReadyTemplate } from '../templates/index.ts';
import type { CampaignDetails, CampaignFields, CampaignInput, CampaignPlan, Campaigns } from './api.ts';
import { addRecipients, requireCampaign as readOrRefuse, removeRecipients } from './audience.ts';
import { countAudience, countConsentsIn, countSuppressedIn } from './audience-store.ts';
import { type Campaign, insertCampaign, listCampaigns } from './campaigns-store.ts';
import { campaignInputSchema, recipientsSchema } from './input.ts';
import { createCampaignLife } from './lifecycle.ts';
import { progressIn } from './progress.ts';
import { resultsOf } from './results-store.ts';
import { allowedCampaignActions } from './states.ts';

const id = argument('id', idSchema);
const change = argument('options', changeSchema);
const audienceFields = { ...changeFields, idempotencyKey: Joi.forbidden() };
/** What its functions take. */
export const campaignRules: Rules<Campaigns> = {
  create: [argument('input', campaignInputSchema), change],
  templates: [],
  contract: [id],
  addRecipients: [
    id,
    argument('recipients', recipientsSchema),
    argument(
      'options',
      Joi.object({
        ...audienceFields,
        checkOnly: Joi.boolean(),
        signal: signalSchema,
        stopAtFaults: Joi.number().integer().min(1),
      }),
    ),
  ],
  removeRecipients: [id, argument('options', Joi.object(audienceFields))],
  plan: [id],
  launch: [id, change],
  pause: [id, change],
  resume: [id, change],
  cancel: [id, change],
  retryFailed: [id, change],
  progress: [id, argument('options', Joi.object({ recent: Joi.boolean() }))],
  results: [id],
  get: [id],
  list: [argument('filter', Joi.object({ running: Joi.boolean(), cursor: idSchema.optional() }))],
};

/** See {@link Campaigns}. */
export function createCampaigns(context: MailContext): Campaigns {
  const { db, now } = context;

  async function create(input: CampaignInput, options: ChangeOptions = {}): Promise<Campaign> {
    const brand = context.brands.named(input.brand ?? null);
    const campaign = await readDraft(context, input);
    return changeOnce(
      context,
      { scope: ['campaign.create', brand.scope].filter(Boolean).join(' '), request: input, options },
      async trx => {
        await insertCampaign(trx, campaign);
        const { id, name, template: key, topic, tag, sendAt } = campaign;
        await audited(trx, options, {
          action: 'campaign.create',
          subject: `campaign:${id}`,
          after: {
            name,
            template: key,
            topic,
            tag,
            ...(brand.name !== null && { brand: brand.name }),
            sendAt,
          },
          at: now(),
        });
        return id;
      },
      readOrRefuse,
    );
  }

  async function plan(id: string): Promise<CampaignPlan> {
    const campaign = await requireCampaign(id);
    const { category, topic } = campaign;
    const { routes } = categoryPolicy(context.brands.named(campaign.brand).policy, category);
    const kind = mailKindOf(context, { category, topic, stream: routes[0]?.stream ?? '' });
    const { consent } = consentAsked(context, kind, await context.topicRegister.all());
    const at = now();
    const [audience, suppressed, withdrawn, granted] = await Promise.all([
      countAudience(db, id),
      countSuppressedIn(db, id, kind, at),
      countConsentsIn(db, id, { kind, granted: false, at }),
      consent === 'opt-in' ? countConsentsIn(db, id, { kind, granted: true, at }) : null,
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
    const keys = (await context.templates.keys()).filter(key => brandOfKey(key) === null);
    const ready = await Promise.all(keys.map(key => context.templates.published(key)));
    return ready.filter(({ content }) => isBulk(context, content.category)).map(({ content }) => content.key);
  }

  async function contract(id: string): Promise<ContractSpec> {
    const { templateVersionId } = await requireCampaign(id);
    return (await context.templates.version(templateVersionId)).content.contract;
  }

  const campaigns: Campaigns = {
    create,
    templates,
    contract,
    addRecipients: (id, recipients, options) => addRecipients(context, id, recipients, options),
    removeRecipients: (id, options) => removeRecipients(context, id, options),
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
  return withCheckedInput(campaigns, campaignRules, { now: ['results'] });
}

/** A {@link CampaignInput} as its schema reads it. */
interface CheckedInput extends Omit<CampaignFields, 'sendAt'> {
  template: string;
  data: Record<string, unknown>;
  sendAt?: Date;
}

/** Makes the draft of an input that has passed its schema; nothing is stored yet. */
export async function readDraft(context: MailContext, input: CampaignInput): Promise<Campaign> {
  const value = input as CheckedInput;
  const { limits } = context.providers;
  if ((value.tag?.length ?? 0) > limits.tag)
    throw new MailError('invalid-input', `tag is longer than ${limits.tag} characters.`, 'tag');
  refuseUnknownTopic(context, value.topic);
  const brand = context.brands.named(value.brand ?? null);
  const template = await context.templates.published(value.template, brand);
  if (!isBulk(context, template.content.category)) {
    throw new MailError(
      'invalid-input',
      `${value.template} is transactional: send it message by message.`,
      'template',
    );
  }
  const { category } = template.content;
  const { routes } = categoryPolicy(brand.policy, category);
  const kind = mailKindOf(context, { category, topic: value.topic ?? null, stream: '' });
  const streams = routes.filter(({ weight }) => weight > 0).map(({ stream }) => stream);
  await refuseForTopic(context, kind.topic, streams);
  return draftOf(value, brand, template, context.now());
}

function draftOf(
  { name, topic, data, tag, sendAt }: CheckedInput,
  brand: Brand,
  { id, version, content }: ReadyTemplate,
  createdAt: Date,
): Campaign {
  return {
    id: idAt(createdAt),
    ...{ name, state: 'draft', category: content.category, data, createdAt },
    ...{ templateVersionId: id, template: content.key, templateVersion: version },
    ...{ topic: topic ?? null, tag: tag ?? null, sendAt: sendAt ?? null },
    ...{ brand: brand.name, branding: brandingOf(brand, content.category) },
    ...{ audience: null, expandedTo: 0, launchedAt: null, finishedAt: null },
  };
}

/** Whether a category's mail goes by the lane of campaigns. */
export function isBulk({ policy }: MailContext, category: string): boolean {
  return categoryPolicy(policy, category).lane === 'bulk';
}
