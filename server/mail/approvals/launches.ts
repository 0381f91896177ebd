import type { Db, Trx } from '../../../db/connect.ts';
import { audienceMark, lastPosition } from '../campaigns/audience-store.ts';
import { type Campaign, readCampaign } from '../campaigns/campaigns-store.ts';
import { createCampaignLife } from '../campaigns/lifecycle.ts';
import { isAllowed } from '../campaigns/states.ts';
import type { MailContext } from '../context.ts';
import { contentHash } from '../shared/fingerprint.ts';
import type { ApprovalHandler, Approvals } from './api.ts';
import { type Approval, campaignPreparers } from './approvals-store.ts';
import { openRequest } from './requests.ts';

/** Asks for a launch, bound to the template's version, the shared data, the schedule and the audience as they are. */
export function askToLaunch(context: MailContext): Approvals['askToLaunch'] {
  const life = createCampaignLife(context);
  return async (id, { by, name }) => {
    let asked: Approval | null = null;
    await life.launch(id, { by }, async (trx, campaign) => {
      const bound = await boundTo(trx, campaign);
      asked = await openRequest(
        context,
        trx,
        {
          action: 'campaigns.launch',
          subject: `campaign:${id}`,
          request: { id },
          seen: seenOf(campaign, bound),
          fingerprint: contentHash(bound),
          preparedBy: await campaignPreparers(trx, id),
        },
        { by, name },
      );
      return false;
    });
    if (!asked) throw new Error('A launch was asked for and not decided on.');
    return asked;
  };
}

/** Launches a campaign as it was when that was asked for, or not at all. */
export function launchHandler(context: MailContext): ApprovalHandler {
  const { db } = context;
  const life = createCampaignLife(context);
  return {
    async isCurrent({ request, seen, fingerprint }, { quick }) {
      const campaign = await readCampaign(db, String(request.id));
      if (!campaign || !isAllowed('launch', campaign.state)) return false;
      // Counting a large audience takes too long for a list; what is added shows without.
      const audience = quick
        ? { size: Number(seen.audience), last: await lastPosition(db, campaign.id) }
        : undefined;
      return contentHash(await boundTo(db, campaign, audience)) === fingerprint;
    },
    async carryOut({ request, requestedBy }, claim) {
      await life.launch(String(request.id), { by: requestedBy }, async (trx: Trx, campaign) =>
        claim(trx, contentHash(await boundTo(trx, campaign))),
      );
      return null;
    },
  };
}

async function boundTo(db: Db, campaign: Campaign, known?: Awaited<ReturnType<typeof audienceMark>>) {
  const { id, name, templateVersionId, category, topic, data, tag, brand, branding, sendAt } = campaign;
  const audience = known ?? (await audienceMark(db, id));
  return { id, name, templateVersionId, category, topic, data, tag, brand, branding, sendAt, audience };
}

function seenOf(
  { name, template, templateVersion, sendAt }: Campaign,
  { audience }: { audience: { size: number } },
): Record<string, unknown> {
  return { name, template, templateVersion, sendAt, audience: audience.size };
}
