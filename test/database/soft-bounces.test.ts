import { expect } from 'chai';
import type { Mail } from '../../server/mail/index.ts';
import { readRun } from '../../server/mail/people/soft-bounces-store.ts';
import { testDatabase } from '../support/database.ts';
import { newsletterData, resetInput } from '../support/inputs.ts';
import { openMail } from '../support/mail.ts';
import { rowsTouched } from '../support/reads.ts';
import { createScriptedTransport, type ScriptedTransport } from '../support/scripted-transport.ts';

describe('soft bounces', () => {
  const db = testDatabase();
  let mail: Mail;
  let api: ScriptedTransport;
  let minute = 0;

  before(async () => {
    api = createScriptedTransport('postmark-api');
    mail = await openMail({ transports: [api, createScriptedTransport('postmark-smtp')] });
  });
  after(() => mail.close());

  const moment = () => {
    minute += 1;
    return new Date(Date.parse('2026-05-04T09:00:00Z') + minute * 60_000).toISOString();
  };
  const bounce = (Email: string, over: object = {}) =>
    mail.receive('postmark', {
      ...{
        RecordType: 'Bounce',
        ID: 900_000 + minute,
        Type: 'SoftBounce',
        Name: 'Soft bounce',
        Inactive: false,
      },
      ...{ Email, BouncedAt: moment(), MessageStream: 'outbound', ...over },
    });
  const deliver = (Recipient: string) =>
    mail.receive('postmark', {
      RecordType: 'Delivery',
      Recipient,
      DeliveredAt: moment(),
      MessageStream: 'outbound',
    });
  const times = async (count: number, work: () => Promise<unknown>) => {
    for (let n = 0; n < count; n += 1) await work();
  };
  const standing = async (address: string) =>
    (await mail.suppressions.list({ address })).map(({ stream, source, class: kind }) => ({
      stream,
      source,
      kind,
    }));
  const escalated = [{ stream: 'outbound', source: 'rule', kind: 'bounce' }];

  it('show on their message and are counted there, delays without a count', async () => {
    const to = 'shown@mail.example';
    const { id } = await mail.send(resetInput({ to }), { wait: true });
    const about = { Metadata: { 'postlane-attempt': api.given.at(-1)?.attemptId } };
    await bounce(to, about);
    await bounce(to, about);
    expect(await mail.messages.get(id)).to.include({
      state: 'sent',
      softBounces: 2,
      deferral: 'Soft bounce',
    });
    await bounce(to, { ...about, Type: 'Transient', Name: 'Message delayed' });
    const view = await mail.messages.get(id);
    expect(view).to.include({ softBounces: 2, deferral: 'Message delayed', bouncedAt: null });
    expect(view?.deferredAt).to.be.instanceOf(Date);
  });

  it('stop mail after five in a row: bulk on every stream, and transactional mail on that one', async () => {
    const address = 'full@mail.example';
    await times(4, () => bounce(address));
    expect(await standing(address)).to.deep.equal([]);
    await bounce(address);
    expect(await standing(address)).to.deep.equal(escalated);
    expect((await mail.send(resetInput({ to: address }), { wait: true })).state).to.equal('suppressed');
    await mail.consent.record({ topic: 'news', address, granted: true, evidence: 'form' });
    const bulk = { template: 'newsletter', topic: 'news', to: address, data: newsletterData } as const;
    const { id } = await mail.send(bulk);
    await mail.work.deliverDue('bulk');
    expect((await mail.messages.get(id))?.state).to.equal('suppressed');
    const evidence = await mail.suppressions.evidence('outbound', address);
    expect(evidence?.fixed).to.equal(null);
    expect(evidence?.event?.kind).to.equal('soft-bounced');
    expect(evidence?.suppression.note?.match(/2026-05-04T/g)).to.have.length(5);
  });

  it('begin to be counted again when an operator lifts what they came to', async () => {
    const address = 'lifted@mail.example';
    await times(5, () => bounce(address));
    await mail.suppressions.lift('outbound', address, 'The mailbox was emptied.', { by: 'Ada' });
    await times(4, () => bounce(address));
    expect(await standing(address)).to.deep.equal([]);
    await bounce(address);
    expect(await standing(address)).to.deep.equal(escalated);
  });

  it('are forgotten with a delivery, before and after', async () => {
    const address = 'back@mail.example';
    await times(4, () => bounce(address));
    await deliver(address);
    await times(4, () => bounce(address));
    expect(await standing(address)).to.deep.equal([]);
    await bounce(address);
    expect(await standing(address)).to.deep.equal(escalated);
    await deliver(address);
    expect(await standing(address)).to.deep.equal([]);
  });

  it('do not count where they are delays, trouble with names or automatic replies', async () => {
    const address = 'innocent@mail.example';
    for (const Type of ['Transient', 'DnsError', 'AutoResponder'])
      await times(5, () => bounce(address, { Type }));
    expect(await standing(address)).to.deep.equal([]);
  });

  it('are counted without reading what else is known of an address', async () => {
    const address = 'busy@mail.example';
    const now = '2026-05-04 12:00:00';
    const rows = Array.from({ length: 2_000 }, (_, n) => ({
      ...{
        fact_key: `busy ${n}`.padEnd(64, '-'),
        kind: n < 1_000 ? 'opened' : 'soft-bounced',
        source: 'webhook',
      },
      ...{ recipient: address, occurred_at: now, received_at: now, details: '{}' },
    }));
    await db('postlane_events').insert(rows.slice(0, 1_000));
    // Before the last delivery.
    await db('postlane_events').insert(
      rows.slice(1_000).map(row => ({ ...row, occurred_at: '2026-05-01 00:00:00' })),
    );
    await deliver(address);
    await times(5, () => bounce(address));
    await db.transaction(async trx => {
      let found = 0;
      const touched = await rowsTouched(trx, async one => {
        found = (await readRun(one as never, address, 5)).length;
      });
      expect(found).to.equal(5);
      expect(touched).to.be.below(60);
    });
  });
});

describe('events that come in together', () => {
  const db = testDatabase();
  let mail: Mail;

  before(async () => {
    mail = await openMail({ transports: [createScriptedTransport('postmark-api')] });
  });
  after(async () => {
    await db.raw('DROP TRIGGER IF EXISTS postlane_test_bad_event');
    await mail.close();
  });

  const event = (Recipient: string) => ({
    ...{ RecordType: 'Delivery', Recipient, DeliveredAt: '2026-05-04T09:00:00Z', MessageStream: 'outbound' },
  });
  const commits = async () => {
    const [[row]] = await db.raw("SHOW GLOBAL STATUS LIKE 'Com_commit'");
    return Number(row.Value);
  };

  it('share commits, and each is stored once however often it is in a group', async () => {
    const before = await commits();
    const bodies = Array.from({ length: 60 }, (_, n) => event(`together${n % 30}@mail.example`));
    const results = await Promise.all(bodies.map(body => mail.receive('postmark', body)));
    expect(results.filter(({ result }) => result === 'stored')).to.have.length(30);
    expect(results.filter(({ result }) => result === 'duplicate')).to.have.length(30);
    expect((await commits()) - before).to.be.below(10);
    expect(await db('postlane_events').where('recipient', 'like', 'together%')).to.have.length(30);
  });

  it('are stored without the one that cannot be', async () => {
    await db.raw(
      `CREATE TRIGGER postlane_test_bad_event BEFORE INSERT ON postlane_events FOR EACH ROW
       IF NEW.recipient = 'bad@mail.example' THEN
         SIGNAL SQLSTATE '22001' SET MYSQL_ERRNO = 1406, MESSAGE_TEXT = 'too long';
       END IF`,
    );
    const names = ['one', 'bad', 'two', 'three'];
    const results = await Promise.allSettled(
      names.map(name => mail.receive('postmark', event(`${name}@mail.example`))),
    );
    expect(results.map(({ status }) => status)).to.deep.equal([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(
      await db('postlane_events').whereIn(
        'recipient',
        names.map(name => `${name}@mail.example`),
      ),
    ).to.have.length(3);
  });

  it('are stored by several processes at once, each once', async () => {
    const other = await openMail({ transports: [createScriptedTransport('postmark-api')] });
    try {
      const bodies = Array.from({ length: 40 }, (_, n) => event(`both${n}@mail.example`));
      const results = await Promise.all(
        [...bodies, ...bodies.toReversed()].map((body, i) =>
          (i < 40 ? mail : other).receive('postmark', body),
        ),
      );
      expect(results.filter(({ result }) => result === 'stored')).to.have.length(40);
      expect(await db('postlane_events').where('recipient', 'like', 'both%')).to.have.length(40);
    } finally {
      await other.close();
    }
  });
});
