import type { CampaignInput } from '../../mail/index.ts';
import { desk, readers } from '../shop.ts';
import { dayMs, type HistoryContext, happens, hourMs, minuteMs, pick } from './context.ts';
import { visitors } from './visitors.ts';

/** A campaign to all readers, sent some days ago. */
interface PastCampaign {
  daysAgo: number;
  input: CampaignInput;
  /** Shares of the readers, 0 to 1. */
  opened: number;
  clicked: number;
  /** How many unsubscribe. */
  unsubscribes: number;
}

const journal = 'https://alderandfinch.example/journal';

const pastCampaigns: readonly PastCampaign[] = [
  {
    daysAgo: 24,
    opened: 0.56,
    clicked: 0.14,
    unsubscribes: 1,
    input: {
      name: 'October newsletter',
      template: 'newsletter',
      topic: 'news',
      tag: 'newsletter',
      data: {
        issue: 'October 2026',
        intro: 'The first fires are lit, and the wood store is full.',
        articles: [
          {
            title: 'Choosing a chair for life',
            summary: 'Sit for an hour before you buy.',
            url: `${journal}/chairs`,
          },
          {
            title: 'What moss taught us about green',
            summary: 'Eleven dyes and one keeper.',
            url: `${journal}/moss`,
          },
        ],
      },
    },
  },
  {
    daysAgo: 15,
    opened: 0.44,
    clicked: 0.11,
    unsubscribes: 1,
    input: {
      name: 'The Tidewater kettle',
      template: 'product-announcement',
      topic: 'products',
      tag: 'announcement',
      data: {
        product: 'the Tidewater kettle',
        headline: 'A kettle that knows when to stop',
        summary: 'Three winters on one kettle: no drip, warm for an hour, and every part can be repaired.',
        features: [{ title: 'Made to be repaired', text: 'Spare parts for twenty years.' }],
        actionUrl: 'https://alderandfinch.example/shop/tidewater-kettle',
      },
    },
  },
  {
    daysAgo: 6,
    opened: 0.51,
    clicked: 0.17,
    unsubscribes: 0,
    input: {
      name: 'Winter workshops',
      template: 'newsletter',
      topic: 'workshops',
      tag: 'newsletter',
      data: {
        issue: 'Winter workshops',
        intro: 'Three evenings, one long table, and tea that never runs out.',
        articles: [
          { title: 'Spoon carving', summary: 'From log to soup in one evening.', url: `${journal}/spoons` },
          { title: 'Mending chairs', summary: 'Bring one, take two home.', url: `${journal}/mending` },
        ],
      },
    },
  },
];

/** The campaigns of the month, with what became of them. */
export function planCampaigns(context: HistoryContext, today: number): void {
  context.schedule.at(today - 29 * dayMs + 8 * hourMs, () => recordConsents(context));
  for (const campaign of pastCampaigns) {
    const at = today - campaign.daysAgo * dayMs + 9 * hourMs;
    context.schedule.at(at, () => launch(context, campaign, at));
  }
}

async function recordConsents({ mail }: HistoryContext): Promise<void> {
  for (const [i, { email }] of readers.slice(0, 24).entries()) {
    const granted = i % 8 !== 3;
    const evidence = granted ? 'ticked at checkout' : 'preference page';
    await mail.consent.record({ topic: 'news', address: email, granted, evidence });
  }
}

async function launch(context: HistoryContext, campaign: PastCampaign, at: number): Promise<void> {
  const { mail, schedule } = context;
  const { id } = await mail.campaigns.create(campaign.input, { by: desk.editor });
  await mail.campaigns.addRecipients(id, readers, { by: desk.editor });
  schedule.at(at + 20 * minuteMs, async () => {
    await mail.campaigns.launch(id, { by: desk.publisher });
    await mail.work.expandCampaigns();
  });
  // Counted while it waits, for a queue is never quite empty when a campaign leaves.
  schedule.at(at + 20 * minuteMs + 25_000, () => mail.work.rollUp());
  schedule.at(at + 20 * minuteMs + 30_000, async () => {
    await mail.work.deliverDue('bulk');
    planReading(context, campaign, at + 21 * minuteMs);
  });
  schedule.at(at + 22 * minuteMs, () => mail.work.expandCampaigns());
}

function planReading(
  { sandbox, schedule, random }: HistoryContext,
  { opened, clicked, unsubscribes }: PastCampaign,
  sentAt: number,
): void {
  const arrived = readers.flatMap(({ email }) => {
    const message = sandbox.messages.lastTo(email);
    return message && /^(hard|soft)/.test(email) === false && message.receivedAt > sentAt - 5 * minuteMs
      ? [message.id]
      : [];
  });
  for (const id of arrived.filter(() => happens(random, opened))) {
    const visitor = pick(random, visitors);
    // Most read it within the morning, some after days.
    const after = Math.ceil((-Math.log(1 - random.next()) * 4 * hourMs) / (10 * minuteMs)) * 10 * minuteMs;
    schedule.at(sentAt + after, () => sandbox.open(id, visitor));
    if (happens(random, clicked / opened)) {
      schedule.at(sentAt + after, () => sandbox.click(id, journal, { visitor }));
    }
  }
  for (const id of arrived.slice(7, 7 + unsubscribes))
    schedule.at(sentAt + 3 * hourMs, () => sandbox.unsubscribe(id));
}
