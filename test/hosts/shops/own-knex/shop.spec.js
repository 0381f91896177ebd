import { expect } from 'chai';
import { createMail } from 'postlane';
import { captureMail } from 'postlane/testing';
import { startWorker } from 'postlane/worker';
import { db } from './database.js';
import { options } from './mail.js';

describe('a shop with a pool and tables of its own', () => {
  let captured;
  let mail;

  before(async () => {
    captured = await captureMail();
    mail = await createMail({ ...options, ...captured.options });
  });
  after(async () => {
    await mail.close();
    await captured.close();
    await db.destroy();
  });

  it('keeps its tables and its migrations', async () => {
    expect(await db('messages').select('text')).to.deep.equal([{ text: 'Hello from the shop' }]);
    expect(await db('knex_migrations').pluck('name')).to.deep.equal(['20160401_shop.js']);
    expect(await db('events')).to.deep.equal([]);
  });

  it('sends in its own transaction, and not when that is rolled back', async () => {
    const reset = to => ({ template: 'password-reset', to, data: { resetUrl: 'https://corner.example/reset/1' } });
    const before = Date.now();
    const { id } = await db.transaction(async trx => {
      await trx('accounts').insert({ email: 'ada@customer.example' });
      return mail.send(reset('ada@customer.example'), { trx });
    });
    await captured.waitFor({ to: 'ada@customer.example' });
    const message = await mail.messages.get(id);
    expect(message.createdAt.getTime()).to.be.within(before - 5000, Date.now() + 5000);
    await db
      .transaction(async trx => {
        await mail.send(reset('bob@customer.example'), { trx });
        throw new Error('declined');
      })
      .catch(() => {});
    expect((await mail.messages.find({ recipient: 'bob@customer.example' })).messages).to.deep.equal([]);
  });

  it('sends a campaign by a worker that shares the pool', async () => {
    const campaign = await mail.campaigns.create({
      name: 'April',
      template: 'newsletter',
      topic: 'news',
      data: { headline: 'Apples are here' },
    });
    await mail.campaigns.addRecipients(campaign.id, [{ to: 'carol@customer.example' }, { to: 'dave@customer.example' }]);
    await mail.campaigns.launch(campaign.id);
    const worker = await startWorker({ ...options, ...captured.options });
    try {
      for (const to of ['carol@customer.example', 'dave@customer.example']) {
        const sent = await captured.waitFor({ to }, { timeoutMs: 30_000 });
        expect(sent.subject).to.equal('Apples are here');
      }
    } finally {
      await worker.stop();
    }
    expect(await db('messages').select('text'), 'its pool is open still').to.have.length(1);
  });
});
