import type { Knex } from 'knex';
import { connect } from '../../../db/connect.ts';
import { createMail, type Mail } from '../../../server/mail/index.ts';
import { resetInput } from '../../support/inputs.ts';
import { optionsOf, receiveSetup, report, type Setup } from './setup.ts';

/** One business transaction of the host: what it is called, who is written to, and how it ends. */
export interface Order {
  key: string;
  to: string[];
  commits: boolean;
}

/** What a sender is told at its start. */
export interface SenderSetup extends Setup {
  orders: Order[];
}

/** Said after the transaction of an order committed, or was rolled back as planned. */
export interface OrderDone {
  done: string;
}

const atOnce = 8;

/** A monolith's process: it takes orders in transactions of its own and sends a mail in each. */
async function main(): Promise<void> {
  const setup = await receiveSetup<SenderSetup>();
  const mail = await createMail(...optionsOf(setup));
  const host = connect(setup.config.database, { poolSize: atOnce });
  report('up');
  const waiting = setup.orders.values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const order of waiting) await takeOrder(mail, host, order);
    }),
  );
}

async function takeOrder(mail: Mail, host: Knex, order: Order): Promise<void> {
  const trx = await host.transaction();
  for (const to of order.to)
    await mail.send(resetInput({ to, idempotencyKey: `${order.key} ${to}` }), { trx });
  await (order.commits ? trx.commit() : trx.rollback());
  report({ done: order.key } satisfies OrderDone);
}

await main();
