import type { ReconciliationDetails } from '../../server/mail/index.ts';
import { type AddCommands, exitCodes } from './command.ts';
import { withExample } from './help.ts';
import { moment, table } from './layout.ts';

/** `postlane reconcile`: what the worker does every night, now. */
export const addReconcile: AddCommands = (program, { withMail, answer, note }) => {
  withExample(
    program
      .command('reconcile')
      .description(
        'compare bounces and suppressions with the providers’ lists now, repair and print what differed',
      ),
    'postlane reconcile',
  ).action(() =>
    withMail(async mail => {
      note('Reading the lists of the providers ...');
      const runs = await mail.work.reconcile();
      const day = runs[0]?.day;
      const details = day === undefined ? [] : await mail.reconciliations.ofDay(day);
      const failed = details.some(({ problem }) => problem !== null);
      answer(described(details), details, failed ? exitCodes.no : 0);
    }),
  );
};

function described(runs: readonly ReconciliationDetails[]): string {
  if (runs.length === 0) return 'No provider keeps lists to compare with.';
  return runs.flatMap(linesOf).join('\n');
}

function linesOf(run: ReconciliationDetails): string[] {
  const { stream, day, bouncesSeen, bouncesRepaired, suppressionsSeen, suppressionsRepaired } = run;
  const repairs = run.repairs.map(({ occurredAt, kind, recipient, messageId }) => [
    moment(occurredAt),
    kind,
    recipient ?? '',
    messageId ?? '',
  ]);
  return [
    `${stream}, ${day}: ${bouncesRepaired} of ${bouncesSeen} bounces were missing, ` +
      `${suppressionsRepaired} of ${suppressionsSeen} suppressions differed.`,
    ...(run.problem === null ? [] : [`  Problem: ${run.problem}`]),
    ...(repairs.length > 0
      ? table(repairs)
          .split('\n')
          .map(line => `  ${line}`)
      : []),
  ];
}
