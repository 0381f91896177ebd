import { startWorker } from '../../worker/index.ts';
import { alertData, launchCampaign, newsletterData } from '../http/pages-mail.ts';
import { testDatabase } from '../support/database.ts';
import { providerSamples } from '../support/provider-samples.ts';
import { until } from '../support/until.ts';
import { openWholeApp, type WholeApp, type WholeAppOptions } from './whole-app.ts';

/** An app in which there is something of everything, and the ids that lead there. */
export interface SeededApp extends WholeApp {
  ids: {
    delivered: string;
    bounced: string;
    report: string;
    draft: string;
    /** A request for a publication that waits for a second person. */
    request: string;
    empty: string;
    running: string;
    password: string;
    /** An event of no message. */
    unmatched: string;
    reconciledDay: string;
    job: string;
  };
}

/** Opens it; `close()` closes it. */
export async function openSeededApp(options: WholeAppOptions = {}): Promise<SeededApp> {
  const app = await openWholeApp(options);
  const [mailIds, campaignIds, reconciledDay, job] = [
    await sendMail(app),
    await makeCampaigns(app),
    await reconcile(app),
    await runJobs(app),
  ];
  await writeTemplates(app);
  const request = await askForPublication(app);
  const { id } = await app.mail.webhookPasswords.add({ by: 'cli' });
  await app.mail.receive('postmark', JSON.stringify({ ...providerSamples.Delivery, Metadata: {} }));
  const [unmatched] = await app.mail.events.unmatched();
  const ids = { ...mailIds, ...campaignIds, password: String(id), unmatched: unmatched?.id ?? '', request };
  return { ...app, ids: { ...ids, reconciledDay, job } };
}

async function sendMail({ mail, sandbox }: WholeApp) {
  const send = async (to: string) => {
    const { id } = await mail.send(
      { template: 'operational-alert', to, data: alertData, tag: 'alert' },
      { wait: true },
    );
    return id;
  };
  const [delivered, bounced] = [await send('ada@mail.example'), await send('hardbounce+bob@mail.example')];
  await mail.suppressions.add('outbound', 'joan@mail.example', 'asked by phone');
  await send('joan@mail.example');
  await sandbox.idle();
  const [report] = await mail.messages.events(bounced);
  return { delivered, bounced, report: report?.id ?? '' };
}

async function makeCampaigns({ mail }: WholeApp) {
  const make = (name: string) =>
    mail.campaigns.create({ name, template: 'newsletter', data: newsletterData });
  const [draft, empty] = [await make('June'), await make('July')];
  await mail.campaigns.addRecipients(draft.id, [
    { email: 'ada@mail.example' },
    { email: 'bob@mail.example' },
  ]);
  return { draft: draft.id, empty: empty.id, running: await launchCampaign(mail, 'May', 3) };
}

async function reconcile({ mail }: WholeApp): Promise<string> {
  const [run] = await mail.work.reconcile();
  return run?.day ?? '';
}

async function runJobs({ config }: WholeApp): Promise<string> {
  // A job that does nothing: it must not change what the pages show.
  const worker = await startWorker(
    { ...config, migrate: false },
    {
      jobs: [{ name: 'tick', every: '1 day', run: async () => {} }],
    },
  );
  await until(
    'a job is there',
    async () => (await testDatabase()('postlane_agenda_jobs').first()) !== undefined || 'none',
  );
  await worker.stop();
  const [job] = await testDatabase()('postlane_agenda_jobs').select('id');
  return String(job?.id);
}

/** A second version of the newsletter, and a draft with a fault on top. */
async function writeTemplates({ mail }: WholeApp): Promise<void> {
  const ref = { kind: 'template', key: 'newsletter' } as const;
  const write = async (subject: string) => {
    const source = await mail.templates.get(ref);
    if (!source?.published) throw new Error('There is no newsletter.');
    const content = structuredClone(source.published.source.content);
    content.locales.default.subject = subject;
    const saved = await mail.templates.saveDraft(
      { ...ref, content },
      { revision: source.revision, by: 'cli' },
    );
    return 'revision' in saved ? saved.revision : 0;
  };
  const revision = await write('News: {{issue}}');
  await mail.templates.publish(ref, { revision, message: 'Shorter', by: 'cli', acceptWarnings: true });
  await write('News: {{issue}} {{nothing}}');
}

async function askForPublication({ mail }: WholeApp): Promise<string> {
  const ref = { kind: 'template', key: 'receipt' } as const;
  const view = await mail.templates.get(ref);
  if (!view?.published) throw new Error('There is no receipt.');
  const content = structuredClone(view.published.source.content);
  content.locales.default.subject = 'Your receipt';
  const { revision } = view;
  const saved = await mail.templates.saveDraft({ ...ref, content }, { revision, by: 'lin' });
  if (saved.state !== 'saved') throw new Error('The draft was refused.');
  const asked = await mail.approvals.askToPublish(ref, {
    ...{ by: 'lin', name: 'Lin', revision: saved.revision },
    ...{ message: 'A subject that says what it is', acceptWarnings: true },
  });
  if (asked.state !== 'requested') throw new Error(`The request was answered with ${asked.state}.`);
  return asked.approval.id;
}
