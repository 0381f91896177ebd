import type { Command } from 'commander';
import type { CampaignPlan } from '../../../server/mail/index.ts';
import type { CommandContext } from '../command.ts';
import { withExample } from '../help.ts';

/** `postlane campaign plan`: what a launch would come to. */
export function addPlan(parent: Command, { withMail, answer }: CommandContext): void {
  withExample(
    parent.command('plan').description('who would get it now, and who not, and why').argument('<id>'),
    'postlane campaign plan 0197c0de-0000-7000-8000-000000000000',
  ).action((id: string) =>
    withMail(async mail => {
      const plan = await mail.campaigns.plan(id);
      answer(planned(plan), plan);
    }),
  );
}

/** Who gets it, in one line. */
export function planned(plan: CampaignPlan): string {
  const { audience, willReceive, suppressed, withdrawn, withoutConsent } = plan;
  return (
    `Of ${audience} recipients ${willReceive} will receive it; ` +
    `${suppressed} are suppressed, ${withdrawn} withdrew, ${withoutConsent} never consented.`
  );
}
