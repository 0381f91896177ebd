import type { Knex } from 'knex';
import type { Sandbox } from '../../test/sandbox/index.ts';
import type { Mail } from '../mail/index.ts';
import { confirmation, orderOf, passwordReset, verification } from './sample-mails.ts';
import { customers, desk, problemCustomers, readers } from './shop.ts';

const campaignName = 'November newsletter';

/** How many read it: enough that its progress can be watched. */
const audience = readers.slice(0, 60);

/**
 * What happens while you watch, with the worker at work: a campaign is sent, orders come in, one of them while
 * Postmark is in maintenance. Nothing when it has begun before.
 */
export async function simulateToday(mail: Mail, host: Knex, sandbox: Sandbox): Promise<void> {
  const campaigns = await mail.campaigns.list();
  if (campaigns.some(({ name }) => name === campaignName)) return;
  await launchNewsletter(mail, sandbox);
  await takeOrders(mail, host, sandbox);
  await writeToSuppressed(mail);
}

async function launchNewsletter(mail: Mail, sandbox: Sandbox): Promise<void> {
  // A slow line: a quarter of a minute or so, in place of a second.
  sandbox.faults.add({ where: 'smtp:final', kind: 'slow', ms: 1800, times: audience.length });
  const { id } = await mail.campaigns.create(
    {
      name: campaignName,
      template: 'newsletter',
      topic: 'news',
      tag: 'newsletter',
      data: {
        issue: 'November 2026',
        intro: 'What we made, read and repaired this month.',
        articles: [
          {
            title: 'Oak, and how to live with it',
            summary: 'Oil it once a year; put the glass down anywhere.',
            url: 'https://alderandfinch.example/journal/oak',
          },
          {
            title: 'The chair that took eleven winters',
            summary: 'A visit to the workshop where nobody hurries.',
            url: 'https://alderandfinch.example/journal/chair',
          },
        ],
      },
    },
    { by: desk.editor },
  );
  await mail.campaigns.addRecipients(id, audience, { by: desk.editor });
  await mail.campaigns.launch(id, { by: desk.publisher });
}

/** The first meets Postmark in maintenance: its hand-over is deferred and repeated by the worker. */
async function takeOrders(mail: Mail, host: Knex, sandbox: Sandbox): Promise<void> {
  const orders = customers.slice(30, 34).map((to, i) => orderOf(to, 90_021 + i, new Date()));
  const [first, ...others] = orders;
  if (!first) return;
  const body = { ErrorCode: 100, Message: 'Down for maintenance.' };
  sandbox.faults.add({
    where: 'POST /email',
    kind: 'status',
    status: 503,
    body,
    times: 1,
    matching: first.number,
  });
  await mail.send(confirmation(first), { wait: true });
  for (const order of others) {
    await host.transaction(async trx => {
      // In a host the order itself would be written here; a rollback takes the mail along.
      await mail.send(confirmation(order), { trx });
    });
  }
}

/** Two of these addresses bounced before: the mail to them is not even handed over. */
async function writeToSuppressed(mail: Mail): Promise<void> {
  for (const [i, to] of problemCustomers.hardBounce.slice(0, 3).entries()) {
    await mail.send(i % 2 === 0 ? passwordReset(to, 90_031 + i) : verification(to, 90_031 + i), {
      wait: true,
    });
  }
}
