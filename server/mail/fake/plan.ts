import type { CampaignPlan } from '../campaigns/api.ts';
import type { MailContext } from '../context.ts';
import { consentKey } from '../people/consent-store.ts';
import { strongestStop } from '../people/suppression.ts';
import { mailKindOf } from '../routing/mail-kind.ts';
import { chooseRoute } from '../routing/policy.ts';
import { consentAsked } from '../sending/eligibility.ts';
import { suppressedIn } from './hand-over.ts';
import type { FakeCampaign, FakeLedger } from './ledger.ts';

/** Who would get a campaign now, and who not, and why. */
export function planOf(
  context: MailContext,
  ledger: FakeLedger,
  { campaign: { category, topic, brand }, members }: FakeCampaign,
): CampaignPlan {
  const { policy } = context.brands.named(brand);
  const at = context.now();
  const suppressed = suppressedIn(ledger);
  const kindFor = (address: string) =>
    mailKindOf(context, { category, topic, stream: chooseRoute(policy, category, address).stream });
  const addresses = [...members.keys()];
  const rest = addresses.filter(
    address => !strongestStop(suppressed.get(address) ?? [], kindFor(address), at),
  );
  const said = (address: string) =>
    ledger.consents.get(consentKey({ topic: kindFor(address).topic ?? '', address }))?.granted;
  const withdrawn = rest.filter(address => said(address) === false).length;
  const [first = ''] = addresses;
  const needsConsent = consentAsked(context, category, kindFor(first)).consent === 'opt-in';
  const withoutConsent = needsConsent ? rest.filter(address => said(address) === undefined).length : 0;
  return {
    audience: addresses.length,
    willReceive: rest.length - withdrawn - withoutConsent,
    suppressed: addresses.length - rest.length,
    withdrawn,
    withoutConsent,
  };
}
