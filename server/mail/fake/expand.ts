import type { Campaign } from '../campaigns/campaigns-store.ts';
import {
  type CampaignState,
  type CampaignTransition,
  type CampaignTransitionName,
  campaignTransitions,
} from '../campaigns/states.ts';
import type { MailContext } from '../context.ts';
import { newMessage } from '../messages/new-message.ts';
import { openStates } from '../messages/states.ts';
import type { Mailbox } from '../providers/transport.ts';
import { entryOf, type FakeCampaign, type FakeLedger, messagesOf } from './ledger.ts';

const stamps = { launched_at: 'launchedAt', finished_at: 'finishedAt' } as const;

/** Moves a campaign by the table of transitions; false when that does not begin in its state. */
export function moveCampaign(campaign: Campaign, name: CampaignTransitionName, at: Date): boolean {
  const { from, to, stamp, clears }: CampaignTransition = campaignTransitions[name];
  if (!from.includes(campaign.state)) return false;
  campaign.state = to;
  if (stamp) campaign[stamps[stamp]] = at;
  if (clears) campaign[stamps[clears]] = null;
  return true;
}

/** Makes messages of audiences that are due and closes campaigns without open messages; returns how many it made. */
export async function expandCampaigns(context: MailContext, ledger: FakeLedger): Promise<number> {
  const at = context.now();
  const all = [...ledger.campaigns.values()];
  const inState = (state: CampaignState) => all.filter(({ campaign }) => campaign.state === state);
  for (const { campaign } of inState('scheduled'))
    if (campaign.sendAt === null || campaign.sendAt <= at) moveCampaign(campaign, 'expand', at);
  const before = ledger.messages.size;
  for (const one of inState('expanding')) await expand(context, ledger, one);
  for (const { campaign } of inState('sending')) {
    const isOpen = messagesOf(ledger, campaign.id).some(({ view }) =>
      openStates.some(one => one === view.state),
    );
    if (!isOpen) moveCampaign(campaign, 'finish', at);
  }
  return ledger.messages.size - before;
}

async function expand(
  context: MailContext,
  ledger: FakeLedger,
  { campaign, members }: FakeCampaign,
): Promise<void> {
  const { id: campaignId, category, templateVersionId, topic, tag } = campaign;
  const template = await context.templates.version(templateVersionId);
  for (const member of [...members.values()].slice(campaign.expandedTo)) {
    const recipient = { email: member.address, ...(member.name !== null && { name: member.name }) };
    const metadata = read<Record<string, string>>(member.metadata) ?? {};
    const own = { recipient, locale: member.locale, metadata };
    const details = {
      ...own,
      brand: context.brands.named(campaign.brand),
      category,
      templateVersionId,
      campaignId,
      topic,
      tag,
    };
    const entry = entryOf(newMessage(context, details), template, []);
    const data = { ...campaign.data, ...read<Record<string, unknown>>(member.data) };
    const replyTo = read<Mailbox[]>(member.replyTo) ?? [];
    const branding = campaign.branding === null ? {} : { branding: campaign.branding };
    entry.stored.content = { ...entry.stored.content, data, replyTo, ...branding };
    ledger.messages.set(entry.view.id, entry);
    campaign.expandedTo += 1;
  }
  moveCampaign(campaign, 'send', context.now());
}

function read<T>(json: string | null): T | null {
  return json === null ? null : JSON.parse(json);
}
