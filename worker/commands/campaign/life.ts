import type { Command } from 'commander';
import type { Campaign, Mail } from '../../../server/mail/index.ts';
import { type CommandContext, CommandError } from '../command.ts';
import { withExample } from '../help.ts';
import { planned } from './plan.ts';

const byCli = { by: 'cli' };

interface Given {
  yes?: true;
}

/** What is done to a campaign after it was made. What cannot be taken back asks first. */
export function addLife(parent: Command, context: CommandContext): void {
  const asking = (name: string, description: string) => verb(name, description).option('--yes', 'do not ask');
  const verb = (name: string, description: string) =>
    withExample(
      parent.command(name).description(description).argument('<id>'),
      `postlane campaign ${name} 0197c0de-0000-7000-8000-000000000000`,
    );

  asking('launch', 'freeze the audience and send: at its time, else now').action(
    (id: string, { yes }: Given) =>
      context.withMail(async mail => {
        const { name } = await mail.campaigns.get(id);
        const plan = await mail.campaigns.plan(id);
        await context.confirm(`Launch ${name}? ${planned(plan)}`, yes);
        told(context, await mail.campaigns.launch(id, byCli));
      }),
  );
  verb('pause', 'stop it for now; what waits is held').action((id: string) =>
    context.withMail(async mail => told(context, await mail.campaigns.pause(id, byCli))),
  );
  verb('resume', 'go on where it was paused').action((id: string) =>
    context.withMail(async mail => told(context, await mail.campaigns.resume(id, byCli))),
  );
  asking('cancel', 'end it for good; what waits is cancelled').action((id: string, { yes }: Given) =>
    context.withMail(async mail => {
      const { name } = await mail.campaigns.get(id);
      await context.confirm(`Cancel ${name} for good?`, yes);
      told(context, await mail.campaigns.cancel(id, byCli));
    }),
  );
  asking('retry-failed', 'put its failed messages back into the queue').action((id: string, { yes }: Given) =>
    context.withMail(async mail => {
      const failed = await failedOf(mail, id);
      await context.confirm(`Send ${failed} failed messages again?`, yes);
      const retried = await mail.campaigns.retryFailed(id, byCli);
      context.answer(`${retried} messages are back in the queue.`, { id, retried });
    }),
  );
}

async function failedOf(mail: Mail, id: string): Promise<number> {
  const { byState } = await mail.campaigns.progress(id);
  const failed = byState.failed ?? 0;
  if (failed === 0) throw new CommandError('None of its messages has failed.');
  return failed;
}

function told({ answer }: CommandContext, campaign: Campaign): void {
  answer(`${campaign.name} is ${campaign.state}.`, campaign);
}
