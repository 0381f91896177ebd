import type { Mail, SourceView } from '../../mail/index.ts';
import { booking, confirmation, orderOf, verification } from '../sample-mails.ts';
import { customers, desk, problemCustomers, readers } from '../shop.ts';
import { dayMs, type HistoryContext, hourMs } from './context.ts';
import { dutchReset } from './dutch-reset.ts';

type TemplateContent = NonNullable<SourceView<'template'>['published']>['source']['content'];

/** What those at the desk did in the month: templates edited and published, addresses looked after, campaigns prepared. */
export function planDesk(context: HistoryContext, today: number, now: number): void {
  const { schedule, mail, sandbox } = context;
  const on = (daysAgo: number, hour: number) => today - daysAgo * dayMs + hour * hourMs;
  schedule.at(on(21, 10.2), () => publishNewPreheader(mail));
  schedule.at(on(18, 13.5), () =>
    mail.suppressions.add(
      'broadcast',
      'press@daily.example',
      'Asked by phone not to be written to',
      by(desk.support),
    ),
  );
  schedule.at(on(14, 15.1), () => publishInDutch(mail));
  schedule.at(on(13, 9.4), () => saveSampleData(mail));
  schedule.at(on(16, 16.9), () =>
    mail.send(verification(problemCustomers.recovered, 90_008), { wait: true }),
  );
  schedule.at(on(10, 11.8), () => liftOneSuppression(mail));
  schedule.at(on(5, 10.6), () => resendOne(mail));
  schedule.at(on(3, 14.3), () => publishCarrierInSubject(mail));
  schedule.at(on(2, 11.1), () => prepareCampaign(mail));
  schedule.at(on(1, 9.5), () => pauseCampaign(mail));
  schedule.at(now - 20 * hourMs, () => beginDraft(mail));
  schedule.at(now - 3 * hourMs, () => bookAhead(mail, sandbox.clock.now().getTime()));
}

const by = (person: string) => ({ by: person });

const publishNewPreheader = (mail: Mail) =>
  publish(mail, 'password-reset', desk.publisher, 'Say at once that the link works only once', content =>
    withDefault(content, { preheader: 'Good once, and only for {{number expiresInMinutes}} minutes.' }),
  );

const publishCarrierInSubject = (mail: Mail) =>
  publish(mail, 'order-shipped', desk.publisher, 'Name the carrier where it is read first', content =>
    withDefault(content, { subject: 'Order {{orderNumber}} is on its way with {{carrier}}' }),
  );

const publishInDutch = (mail: Mail) =>
  publish(
    mail,
    'password-reset',
    desk.editor,
    'In Dutch as well, for a quarter of our customers',
    content => ({
      ...content,
      locales: { ...content.locales, nl: dutchReset },
    }),
  );

async function beginDraft(mail: Mail): Promise<void> {
  await draft(mail, 'newsletter', desk.editor, content =>
    withDefault(content, { subject: '{{@brand.name}}, {{issue}}: {{intro}}' }),
  );
}

function withDefault(
  content: TemplateContent,
  parts: Partial<TemplateContent['locales']['default']>,
): TemplateContent {
  return { ...content, locales: { ...content.locales, default: { ...content.locales.default, ...parts } } };
}

/** Stores a draft; returns its revision. */
async function draft(
  mail: Mail,
  key: string,
  person: string,
  change: (content: TemplateContent) => TemplateContent,
): Promise<number> {
  const view = await mail.templates.get({ kind: 'template', key });
  if (!view?.published) throw new Error(`There is no template ${key}.`);
  const source = { kind: 'template', key, content: change(view.published.source.content) } as const;
  const saved = await mail.templates.saveDraft(source, { revision: view.revision, by: person });
  if (saved.state !== 'saved') throw new Error(`Somebody else was quicker with ${key}.`);
  return saved.revision;
}

async function publish(
  mail: Mail,
  key: string,
  person: string,
  message: string,
  change: (content: TemplateContent) => TemplateContent,
): Promise<void> {
  const revision = await draft(mail, key, person, change);
  const request = { revision, message, by: person, acceptWarnings: true };
  const { state } = await mail.templates.publish({ kind: 'template', key }, request);
  if (state === 'refused' || state === 'conflict') throw new Error(`${key} was not published: ${state}.`);
}

async function saveSampleData({ templates: { sampleData } }: Mail): Promise<void> {
  const to = { email: 'w@mail.example', name: 'Wolfeschlegelsteinhausenbergerdorff' };
  const long = confirmation(orderOf(to, 30_002, new Date('2026-10-30T09:15:00Z'))).data as Record<
    string,
    unknown
  >;
  await sampleData.save(
    'order-confirmation',
    { name: 'A very long name', locale: null, data: long },
    desk.editor,
  );
  const reset = { resetUrl: 'https://alderandfinch.example/reset/1', expiresInMinutes: 30 };
  await sampleData.save('password-reset', { name: 'Dutch, no name', locale: 'nl', data: reset }, desk.editor);
}

/** A mailbox that was gone is back. */
async function liftOneSuppression({ suppressions }: Mail): Promise<void> {
  const { email } = problemCustomers.recovered;
  const found = await suppressions.list({ stream: 'outbound', address: email });
  if (found.length === 0) return;
  await suppressions.lift('outbound', email, 'Mailbox is back; tried by phone', by(desk.support));
}

async function resendOne(mail: Mail): Promise<void> {
  const { messages } = await mail.messages.find({ template: 'receipt', state: 'delivered', limit: 1 });
  if (messages[0]) await mail.messages.resend(messages[0].id, by(desk.support));
  await mail.work.deliverDue('transactional');
}

/** A campaign that is not launched yet. */
async function prepareCampaign(mail: Mail): Promise<void> {
  await announcement(mail, 'Gifts to repair with', readers.slice(0, 80), {
    product: 'the mending kit',
    headline: 'A gift for people who keep things',
    summary: 'Needle, beeswax, oak pegs and a small book of patience.',
    features: [],
    actionUrl: 'https://alderandfinch.example/shop/mending-kit',
  });
}

/** A campaign that was paused before it was sent: the goods came late. */
async function pauseCampaign(mail: Mail): Promise<void> {
  const id = await announcement(mail, 'The wool throw is back', readers.slice(80, 120), {
    product: 'the wool throw',
    headline: 'Woven again, in slate and in moss',
    summary: 'The mill has found its yarn: three hundred throws, and then none until spring.',
    features: [{ title: 'Washed, not dyed', text: 'The moss is the colour of the sheep, nearly.' }],
    actionUrl: 'https://alderandfinch.example/shop/wool-throw',
  });
  await mail.campaigns.launch(id, by(desk.publisher));
  await mail.work.expandCampaigns();
  await mail.campaigns.pause(id, by(desk.publisher));
}

/** A campaign about something new on the shelves; returns its id. */
async function announcement(
  mail: Mail,
  name: string,
  to: typeof readers,
  data: Record<string, unknown>,
): Promise<string> {
  const kind = { template: 'product-announcement', topic: 'products', tag: 'announcement' };
  const { id } = await mail.campaigns.create({ name, ...kind, data }, by(desk.editor));
  await mail.campaigns.addRecipients(id, to, by(desk.editor));
  return id;
}

/** Reminders wait for their day; one guest has cancelled. */
async function bookAhead(mail: Mail, now: number): Promise<void> {
  const guests = customers.slice(20, 23);
  const sends = guests.map((to, i) =>
    mail.send({ ...booking(to, 90_011 + i, new Date(now + 4 * dayMs)), sendAt: new Date(now + 2 * dayMs) }),
  );
  const [first] = await Promise.all(sends);
  if (first) await mail.messages.cancel(first.id, by(desk.support));
}
