import path from 'node:path';
import type { AddCommands } from '../command.ts';
import { withExample } from '../help.ts';
import { type Answers, type Given, readAnswers, starterLanguages } from './answers.ts';
import { type Starter, writeStarter } from './write.ts';

/** `postlane init`: a starter folder in a host. */
export const addInit: AddCommands = (program, context) => {
  withExample(
    program
      .command('init [folder]')
      .description(
        'write a start into your app: configuration, policy, first templates and a test; overwrites nothing',
      )
      .option('--brand <name>', 'the name of your brand, as recipients know it')
      .option('--from <address>', 'the sender, from a domain verified at Postmark')
      .option('--url <url>', 'the address of your site')
      .option('--address <text>', 'your postal address, which newsletters must show')
      .option('--language <code>', `of the texts: ${starterLanguages.join(', ')}`)
      .option('--yes', 'ask nothing; what is not given stays a placeholder'),
    'postlane init',
    'postlane init --brand Shop --from mail@shop.example --url https://www.shop.example --yes',
  ).action(async (folder: string | undefined, given: Given) => {
    const answers = await readAnswers(given, context.person);
    const starter = await writeStarter(path.resolve(folder ?? '.'), answers);
    const open = unanswered(starter, answers);
    context.answer(inWords(starter, open), { ...starter, placeholders: open });
  });
};

/** What is a placeholder in the brand that was written; one that was there is its owner's. */
function unanswered({ written }: Starter, answers: Answers): string[] {
  if (!written.some(file => path.basename(file) === 'brand.json')) return [];
  const { brand: name, url, address, from: supportEmail } = answers;
  return Object.entries({ name, url, address, supportEmail }).flatMap(([option, answer]) =>
    answer === null ? [option] : [],
  );
}

function inWords({ written, kept, extended }: Starter, open: readonly string[]): string {
  const list = (heading: string, files: readonly string[]) =>
    files.length > 0 ? [heading, ...files.map(file => `  ${file}`), ''] : [];
  const brand = `Fill in ${open.join(', ')} of the brand (brand.json): production refuses the placeholders.`;
  const steps = [
    ...(open.length > 0 ? [brand] : []),
    'Set DATABASE_URL and POSTMARK_SERVER_TOKEN, as in .env.example.',
    'postlane migrate            creates the tables, all of them named postlane_*',
    'postlane templates push     publishes the templates; do both in each deploy',
    "In the app: app.use('/mail', mailRouter(await createMail(), { ... })), and beside it: postlane worker",
    'postlane send-test welcome --to you@your-domain',
  ];
  return [
    ...list('Written:', written),
    ...list('Lines added:', extended),
    ...list('There already, left alone:', kept),
    'Next:',
    ...steps.map((step, at) => `  ${at + 1}. ${step}`),
  ].join('\n');
}
