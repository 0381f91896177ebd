import express from 'express';
import knex from 'knex';
import { createMail } from 'postlane';

const db = knex({ client: 'mysql2', connection: process.env.DATABASE_URL, pool: { min: 0, max: 8 } });
const mail = await createMail();
const app = express();
app.use(express.json());

/** Stores an order and sends a mail about it: both, or neither. */
app.post('/orders', async (request, response) => {
  const { number, template, key, sendAt } = request.body;
  const { id } = await db.transaction(async trx => {
    await trx('orders').insert({ number }).onConflict('number').ignore();
    return mail.send(
      {
        template,
        to: `customer-${number}@customer.example`,
        data:
          template === 'pickup-notice'
            ? { orderNumber: number }
            : { orderNumber: number, items: [{ name: 'Tea', quantity: 2 }] },
        metadata: { order: number },
        idempotencyKey: key,
        sendAt,
      },
      { trx },
    );
  });
  response.status(201).json({ id });
});

app.post('/campaigns', async (request, response) => {
  const { name, readers } = request.body;
  const { id } = await mail.campaigns.create({ name, template: 'newsletter', topic: 'news', data: { headline: name } });
  await mail.campaigns.addRecipients(
    id,
    readers.map(reader => ({ to: `reader-${reader}@customer.example`, metadata: { order: reader } })),
  );
  await mail.campaigns.launch(id);
  response.status(201).json({ id });
});

app.get('/alerts', async (_request, response) => {
  response.json(await mail.monitoring.alerts());
});

app.use((error, _request, response, _next) => {
  console.error(error);
  response.status(500).send(error.message);
});

const server = app.listen(0, '127.0.0.1', () => console.log(`listening on ${server.address().port}`));
process.once('SIGTERM', () => {
  server.close(async () => {
    await mail.close();
    await db.destroy();
  });
});
