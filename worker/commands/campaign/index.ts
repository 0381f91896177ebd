import type { Command } from 'commander';
import type { Campaign, Progress } from '../../../server/mail/index.ts';
import type { AddCommands, CommandContext } from '../command.ts';
import { withExample } from '../help.ts';
import { moment, table } from '../layout.ts';
import { addCreate } from './create.ts';
import { addLife } from './life.ts';
import { addPlan } from './plan.ts';
import { addResults } from './results.ts';

/** `postlane campaign`: from a list of recipients to what became of each. */
export const addCampaign: AddCommands = (program, context) => {
  const campaign = program
    .command('campaign')
    .description('list, show, create, plan, launch, pause, resume, cancel, retry-failed, results');
  addList(campaign, context);
  addShow(campaign, context);
  addCreate(campaign, context);
  addPlan(campaign, context);
  addLife(campaign, context);
  addResults(campaign, context);
};

function addList(parent: Command, { withMail, answer }: CommandContext): void {
  withExample(
    parent
      .command('list')
      .description('the latest hundred, newest first')
      .option('--running', 'only those on their way'),
    'postlane campaign list --running',
  ).action(({ running }: { running?: true }) =>
    withMail(async mail => {
      const found = await mail.campaigns.list({ running: running ?? false });
      const rows = found.map(one => [one.id, one.state, one.template, one.name]);
      answer(rows.length > 0 ? table(rows) : 'There are no campaigns.', found);
    }),
  );
}

function addShow(parent: Command, { withMail, answer }: CommandContext): void {
  withExample(
    parent.command('show').description('one campaign, and how far it is').argument('<id>'),
    'postlane campaign show 0197c0de-0000-7000-8000-000000000000',
  ).action((id: string) =>
    withMail(async mail => {
      const campaign = await mail.campaigns.get(id);
      const progress = await mail.campaigns.progress(id);
      answer(described(campaign, progress), { ...campaign, progress });
    }),
  );
}

/** A campaign in a few lines. */
function described(one: Campaign, { audience, expanded, open, byState, share }: Progress): string {
  const topic = one.topic ? `, topic ${one.topic}` : '';
  return [
    `${one.name} (${one.id}): ${one.state}`,
    `Template ${one.template}, version ${one.templateVersion}; category ${one.category}${topic}`,
    ...(one.sendAt ? [`Not before ${moment(one.sendAt)}`] : []),
    `${audience} recipients, ${expanded} messages made, ${open} still open: ${Math.floor(share * 100)} % done`,
    ...Object.entries(byState).map(([state, count]) => `  ${state}: ${count}`),
  ].join('\n');
}
