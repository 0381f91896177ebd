import type { CampaignPlan } from '../campaigns/api.ts';
import type { MailContext } from '../context.ts';
import { consentKey } from '../people/consent-store.ts';
import { suppressionKey } from '../people/suppressions-store.ts';
import { categoryPolicy } from '../routing/policy.ts';
import type { FakeCampaign, FakeLedger } from './ledger.ts';

/** Who would get a campaign now, and who not, and why. */
export function planOf(
  { policy }: MailContext,
  { suppressions, consents }: FakeLedger,
  { campaign, members }: FakeCampaign,
): CampaignPlan {
  const { consent, routes } = categoryPolicy(policy, campaign.category);
  const stream = routes[0]?.stream ?? '';
  const topic = consent === 'none' ? null : campaign.topic;
  const addresses = [...members.keys()];
  const isSuppressed = (address: string) => suppressions.get(suppressionKey({ stream, address }))?.active;
  const rest = addresses.filter(address => !isSuppressed(address));
  const said = (address: string) =>
    topic === null ? undefined : consents.get(consentKey({ topic, address }))?.granted;
  const withdrawn = rest.filter(address => said(address) === false).length;
  const needsConsent = topic !== null && consent === 'opt-in';
  const withoutConsent = needsConsent ? rest.filter(address => said(address) === undefined).length : 0;
  return {
    audience: addresses.length,
    willReceive: rest.length - withdrawn - withoutConsent,
    suppressed: addresses.length - rest.length,
    withdrawn,
    withoutConsent,
  };
}
