import { setTimeout as pause } from 'node:timers/promises';
import type { Sandbox } from '../../test/sandbox/index.ts';
import type { Mail, SendInput } from '../mail/index.ts';
import { audience, bookings, orders, people } from './seed-data.ts';

/**
 * Fills a new installation with believable mail, all of it through the module's own calls: orders in the caller's
 * transaction, a password reset, a bounce and what follows from it, a complaint, a retry after a 503, a campaign.
 */
export async function seed(mail: Mail, sandbox: Sandbox, say: (line: string) => void): Promise<void> {
  const { messages } = await mail.messages.find({ limit: 1 });
  if (messages.length > 0) {
    say('Messages of an earlier run are kept; remove .postlane/start to begin anew.');
    return;
  }
  say('Sending a day of a small shop: orders, a password reset, a bounce, a complaint, a newsletter ...');
  await sendOrders(mail, sandbox);
  await sendAccountMail(mail);
  await sendToDeadAddresses(mail, sandbox);
  await sendNewsletter(mail);
  await sandbox.idle();
  await readSomeMail(mail, sandbox);
}

/** One order meets Postmark in maintenance: its hand-over is deferred and retried by the worker. */
async function sendOrders(mail: Mail, sandbox: Sandbox): Promise<void> {
  const [first, ...others] = orders;
  for (const order of others) {
    await mail.db.transaction(async trx => {
      // In a host the order itself would be written here; a rollback takes the mail along.
      await mail.send(confirmation(order), { trx });
    });
  }
  if (!first) return;
  sandbox.faults.add({
    where: 'POST /email',
    kind: 'status',
    times: 1,
    matching: first.data.order.number,
    status: 503,
    body: { ErrorCode: 100, Message: 'Down for maintenance.' },
  });
  await mail.send(confirmation(first), { wait: true });
}

function confirmation({ to, data }: (typeof orders)[number]): SendInput {
  return {
    template: 'order-confirmation',
    to,
    data,
    idempotencyKey: `order-${data.order.number}`,
    metadata: { order: data.order.number },
    tag: 'order',
  };
}

async function sendAccountMail(mail: Mail): Promise<void> {
  const [ada, grace] = people;
  await mail.sendBatch([
    {
      template: 'password-reset',
      to: ada,
      data: { name: ada.name, resetUrl: 'https://alderandfinch.example/reset/7f3a', expiresInMinutes: 30 },
    },
    {
      template: 'email-verification',
      to: grace,
      data: {
        name: grace.name,
        email: grace.email,
        verifyUrl: 'https://alderandfinch.example/verify/91bc',
        expiresInHours: 24,
      },
    },
    ...bookings.map(({ to, data }) => ({ template: 'booking-confirmation', to, data })),
  ]);
}

/** After the bounce is in, the next mail to the same address is not even handed over. */
async function sendToDeadAddresses(mail: Mail, sandbox: Sandbox): Promise<void> {
  const [order] = orders;
  if (!order) return;
  const gone = { ...order, to: { email: 'hardbounce.finch@mail.example', name: 'Rosa Finch' } };
  const cross = { ...order, to: { email: 'complain.alder@mail.example', name: 'Tom Alder' } };
  const send = (to: typeof order, key: string) =>
    mail.send({ ...confirmation(to), idempotencyKey: key }, { wait: true });
  await send(gone, 'order-gone-1');
  await send(cross, 'order-cross-1');
  await sandbox.idle();
  await pause(200);
  await send(gone, 'order-gone-2');
}

async function sendNewsletter(mail: Mail): Promise<void> {
  await mail.consent.record({
    topic: 'news',
    address: audience[3]?.email ?? '',
    granted: false,
    evidence: 'preference page',
  });
  const campaign = await mail.campaigns.create({
    name: 'November letter',
    template: 'newsletter',
    topic: 'news',
    tag: 'newsletter',
    data: {
      issue: 'November 2026',
      intro: 'What we made, read and mended this month.',
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
  });
  await mail.campaigns.addRecipients(campaign.id, audience);
  await mail.campaigns.launch(campaign.id);
}

async function readSomeMail(mail: Mail, sandbox: Sandbox): Promise<void> {
  const { messages } = await mail.messages.find({
    template: 'order-confirmation',
    state: 'delivered',
    limit: 3,
  });
  for (const { recipient } of messages) {
    sandbox.open(recipient);
    sandbox.click(recipient, 'https://alderandfinch.example/orders');
  }
}
