import type { CampaignPlan } from '../campaigns/api.ts';
import type { MailContext } from '../context.ts';
import { consentKey } from '../people/consent-store.ts';
import { mailKindOf } from '../routing/mail-kind.ts';
import { chooseRoute } from '../routing/policy.ts';
import { decideOn } from '../sending/eligibility.ts';
import { suppressedIn } from './hand-over.ts';
import type { FakeCampaign, FakeLedger } from './ledger.ts';

/** Who would get a campaign now, and who not, and why. */
export async function planOf(
  context: MailContext,
  ledger: FakeLedger,
  { campaign: { category, topic, brand }, members }: FakeCampaign,
): Promise<CampaignPlan> {
  const { policy } = context.brands.named(brand);
  const topics = await context.topicRegister.all();
  const suppressed = suppressedIn(ledger);
  const reasons = [...members.keys()].map(address => {
    const { stream } = chooseRoute(policy, category, address);
    const kind = mailKindOf(context, { category, topic, stream });
    const { decision } = decideOn(context, kind, {
      ...{ suppressions: suppressed.get(address) ?? [], topics, expiresAt: null },
      granted: ledger.consents.get(consentKey({ topic: kind.topic ?? '', address }))?.granted ?? null,
    });
    return decision.kind === 'suppressed' ? decision.reason : null;
  });
  const count = (isCounted: (reason: string | null) => boolean) => reasons.filter(isCounted).length;
  return {
    audience: reasons.length,
    willReceive: count(reason => reason === null),
    suppressed: count(reason => reason?.startsWith('suppressed') ?? false),
    withdrawn: count(reason => reason === 'consent withdrawn'),
    withoutConsent: count(reason => reason === 'no consent given'),
  };
}
