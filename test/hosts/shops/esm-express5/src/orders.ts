import type { Knex } from 'knex';
import type { Mail } from 'postlane';

/** Places an order and tells the customer: both, or neither. */
export async function placeOrder(
  knex: Knex,
  mail: Mail,
  email: string,
  { fails = false } = {},
): Promise<number> {
  return knex.transaction(async trx => {
    const [id = 0] = await trx('orders').insert({ email });
    await mail.send(
      {
        template: 'order-confirmation',
        to: email,
        data: { orderNumber: String(id), items: [{ name: 'Tea', quantity: 2 }] },
        idempotencyKey: `order-${id}`,
      },
      { trx },
    );
    if (fails) throw new Error('The card was declined.');
    return id;
  });
}
