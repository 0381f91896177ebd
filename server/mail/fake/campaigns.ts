import type { Campaigns } from '../campaigns/api.ts';
import { type AudienceResult, wrongState } from '../campaigns/audience.ts';
import { campaignRules, isBulk, readDraft } from '../campaigns/campaigns.ts';
import type { Campaign } from '../campaigns/campaigns-store.ts';
import { readRecipient } from '../campaigns/input.ts';
import { progressOf } from '../campaigns/progress.ts';
import {
  allowedCampaignActions,
  type CampaignAction,
  isAllowed,
  runningStates,
} from '../campaigns/states.ts';
import type { MailContext } from '../context.ts';
import { MailError } from '../error.ts';
import type { MessageState } from '../messages/states.ts';
import type { ChangeOptions } from '../shared/change.ts';
import { withCheckedInput } from '../shared/input.ts';
import { inTurns, reject } from '../shared/long-list.ts';
import { changeOnce } from './change.ts';
import { moveCampaign } from './expand.ts';
import { type FakeCampaign, type FakeLedger, messagesOf, move } from './ledger.ts';
import { planOf } from './plan.ts';
import { needsDatabase } from './unsupported.ts';

const refusals = {
  launch: 'be launched',
  pause: 'be paused',
  resume: 'be resumed',
  cancel: 'be cancelled',
  retryFailed: 'retry',
  addRecipients: 'take recipients',
  removeRecipients: 'give up recipients',
} as const satisfies Record<CampaignAction, string>;

type Step = 'launch' | 'pause' | 'resume' | 'cancel' | 'retryFailed';

/** `mail.campaigns` in memory; audiences become messages in a round of the worker, as they do there. */
export function createFakeCampaigns(context: MailContext, ledger: FakeLedger): Campaigns {
  const { now, templates, providers } = context;

  function required(id: string, action?: CampaignAction): FakeCampaign {
    const found = ledger.campaigns.get(id);
    if (!found) throw new MailError('unknown-campaign', 'There is no such campaign.', 'id');
    if (action && !isAllowed(action, found.campaign.state))
      throw wrongState(found.campaign, refusals[action]);
    return found;
  }

  const current = (id: string): Campaign => ({ ...required(id).campaign });

  function once<Kept, Answer>(
    { scope, request, options }: { scope: string; request: unknown; options: ChangeOptions },
    work: () => Kept,
    read: (kept: Kept) => Answer,
  ): Answer {
    if (options.trx) throw needsDatabase(`${scope.replace('campaign.', 'mail.campaigns.')} in a transaction`);
    return changeOnce(ledger, { scope, request, options }, work, read);
  }

  function step(
    id: string,
    name: Step,
    options: ChangeOptions,
    work: (one: FakeCampaign) => void,
    check: (one: FakeCampaign) => void = () => {},
  ): Campaign {
    const take = () => {
      check(required(id));
      const one = required(id, name);
      moveCampaign(one.campaign, name, now());
      work(one);
    };
    return once({ scope: `campaign.${name}`, request: { id }, options }, take, () => current(id));
  }

  const campaigns: Campaigns = {
    async create(input, options = {}) {
      const campaign = await readDraft(context, input);
      const store = () => {
        ledger.campaigns.set(campaign.id, { campaign, members: new Map() });
        return campaign.id;
      };
      return once({ scope: 'campaign.create', request: input, options }, store, current);
    },
    async templates() {
      const ready = await Promise.all((await templates.keys()).map(key => templates.published(key)));
      return ready
        .filter(({ content }) => isBulk(context, content.category))
        .map(({ content }) => content.key);
    },
    async contract(id) {
      return (await templates.version(required(id).campaign.templateVersionId)).content.contract;
    },
    async addRecipients(id, recipients, { checkOnly = false, trx, ...bounds } = {}) {
      if (trx) throw needsDatabase('mail.campaigns.addRecipients in a transaction');
      const { campaign, members } = required(id);
      const template = await templates.version(campaign.templateVersionId);
      const result: AudienceResult = { added: 0, duplicates: 0, rejected: 0, faults: [] };
      let index = 0;
      for await (const recipient of inTurns(recipients, bounds, result)) {
        const member = readRecipient(recipient, campaign, template, providers.limits);
        if (member instanceof MailError) reject(result, index, member);
        else if (!checkOnly) {
          required(id, 'addRecipients');
          const isNew = !members.has(member.address);
          result[isNew ? 'added' : 'duplicates'] += 1;
          if (isNew) members.set(member.address, member);
        }
        index += 1;
      }
      required(id, 'addRecipients');
      return result;
    },
    async removeRecipients(id, { trx } = {}) {
      if (trx) throw needsDatabase('mail.campaigns.removeRecipients in a transaction');
      const { members } = required(id, 'removeRecipients');
      const { size } = members;
      members.clear();
      return size;
    },
    plan: async id => planOf(context, ledger, required(id)),
    async launch(id, options = {}) {
      const hasRecipients = ({ members }: FakeCampaign) => {
        if (members.size === 0)
          throw new MailError('wrong-state', 'The campaign has no recipients yet.', 'recipients');
      };
      const freeze = ({ campaign, members }: FakeCampaign) => {
        campaign.audience = members.size;
      };
      return step(id, 'launch', options, freeze, hasRecipients);
    },
    pause: async (id, options = {}) =>
      step(id, 'pause', options, () => {
        for (const entry of messagesOf(ledger, id)) move(entry, 'hold', { at: now() });
      }),
    resume: async (id, options = {}) =>
      step(id, 'resume', options, () => {
        for (const entry of messagesOf(ledger, id)) move(entry, 'release', { at: now(), dueAt: now() });
      }),
    cancel: async (id, options = {}) =>
      step(id, 'cancel', options, ({ campaign }) => {
        for (const entry of messagesOf(ledger, id)) move(entry, 'cancel', { at: now() });
        campaign.finishedAt = now();
      }),
    async retryFailed(id, options = {}) {
      const retry = () => {
        moveCampaign(required(id, 'retryFailed').campaign, 'retryFailed', now());
        const failed = messagesOf(ledger, id).filter(({ view }) => view.state === 'failed');
        for (const entry of failed) move(entry, 'retry', { at: now(), dueAt: now() });
        return failed.length;
      };
      return once({ scope: 'campaign.retryFailed', request: { id }, options }, retry, count => count);
    },
    async progress(id) {
      const { campaign, members } = required(id);
      const byState: Partial<Record<MessageState, number>> = {};
      for (const { view } of messagesOf(ledger, id)) byState[view.state] = (byState[view.state] ?? 0) + 1;
      return progressOf(campaign.audience ?? members.size, byState);
    },
    async *results(id) {
      required(id);
      const views = messagesOf(ledger, id).map(({ view }) => view);
      for (const view of views.sort((a, b) => (a.recipient < b.recipient ? -1 : 1))) {
        const { id: messageId, recipient, recipientName, state, reason } = view;
        const { sentAt, deliveredAt, openedAt, clickedAt } = view;
        yield {
          messageId,
          recipient,
          recipientName,
          state,
          reason,
          sentAt,
          deliveredAt,
          openedAt,
          clickedAt,
        };
      }
    },
    async get(id) {
      return { ...current(id), allowed: allowedCampaignActions(required(id).campaign.state) };
    },
    async list({ running = false, cursor } = {}) {
      const isListed = ({ id, state }: Campaign) =>
        (!cursor || id < cursor) && (!running || runningStates.some(one => one === state));
      return [...ledger.campaigns.values()]
        .map(({ campaign }) => ({ ...campaign }))
        .filter(isListed)
        .sort((a, b) => (a.id < b.id ? 1 : -1))
        .slice(0, 100);
    },
  };
  return withCheckedInput(campaigns, campaignRules, { now: ['results'] });
}
