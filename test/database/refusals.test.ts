import { expect } from 'chai';
import type { Mail } from '../../server/mail/index.ts';
import { withFence } from '../../server/mail/people/standing.ts';
import { lockStanding, saveStanding } from '../../server/mail/people/standing-store.ts';
import { type Clock, createClock } from '../support/clock.ts';
import { testDatabase } from '../support/database.ts';
import { newsletterData, resetInput } from '../support/inputs.ts';
import { openMail } from '../support/mail.ts';
import { permutations } from '../support/permutations.ts';
import { refusal } from '../support/refusal.ts';
import { accept, createScriptedTransport } from '../support/scripted-transport.ts';

const [secondMs, hourMs] = [1000, 3_600_000];
const address = 'ada@mail.example';

describe('who refused mail', () => {
  const db = testDatabase();
  let mail: Mail;
  let clock: Clock;

  beforeEach(async () => {
    clock = createClock();
    const transports = ['postmark-api', 'postmark-smtp'].map(name => ({
      ...createScriptedTransport(name, accept),
      unsubscribes: true,
    }));
    mail = await openMail({ now: clock.now, transports });
    for (const table of ['events', 'suppressions', 'suppression_fences', 'suppression_changes'] as const)
      await db(`postlane_${table}`).delete();
  });
  afterEach(() => mail.close());

  const dated = (skewMs: number, minutes: number) =>
    new Date(clock.now().getTime() + skewMs + minutes * 60_000).toISOString();
  const change = (
    stream: string,
    at: string,
    active: boolean,
    reason = 'HardBounce',
    origin = 'Recipient',
  ) => ({
    ...{ RecordType: 'SubscriptionChange', MessageStream: stream, Recipient: address, ChangedAt: at },
    ...{ SuppressSending: active, SuppressionReason: active ? reason : null, Origin: origin },
  });
  const bounce = (stream: string, at: string, over: object = {}) => ({
    ...{
      RecordType: 'Bounce',
      MessageStream: stream,
      ID: Date.parse(at),
      Type: 'HardBounce',
      Email: address,
    },
    ...{ BouncedAt: at, Inactive: true, ...over },
  });
  const complaint = (stream: string, at: string) =>
    bounce(stream, at, { RecordType: 'SpamComplaint', Type: 'SpamComplaint' });
  const receive = async (...bodies: object[]) => {
    for (const body of bodies) await mail.receive('postmark', body);
  };

  /** Every column of every row, but for the numbers of events, which are given in the order of arrival. */
  const rows = async () => {
    const all = await db('postlane_suppressions').orderBy(['address', 'scope', 'stream', 'source', 'class']);
    const fences = await db('postlane_suppression_fences').orderBy(['address', 'stream']);
    return JSON.stringify([
      all.map(({ event_id, ...row }) => ({ ...row, hasEvent: event_id !== null })),
      fences,
    ]);
  };
  const classes = async () => {
    const found = await db('postlane_suppressions').where({ active: 1 }).orderBy('class').pluck('class');
    return found.join(' ');
  };
  const newsletter = (over: object = {}) => ({
    ...{ template: 'newsletter', to: address, data: newsletterData },
    ...over,
  });
  const campaignPlan = async (over: object = {}) => {
    const fields = { name: 'News', template: 'newsletter', topic: 'news', data: newsletterData, ...over };
    const { id } = await mail.campaigns.create(fields as never);
    await mail.campaigns.addRecipients(id, [{ to: address }]);
    const { suppressed, withdrawn, willReceive } = await mail.campaigns.plan(id);
    return { suppressed, withdrawn, willReceive };
  };

  describe('reports in any order', () => {
    for (const skewMs of [0, 2 * secondMs, -2 * secondMs, 3 * hourMs, -3 * hourMs]) {
      it(`end in the same whole rows, the provider’s clock ${skewMs / 1000} s away, each said twice or once`, async function () {
        this.timeout(120_000);
        const reports = [
          bounce('outbound', dated(skewMs, -50)),
          change('outbound', dated(skewMs, -40), false, '', 'Customer'),
          complaint('outbound', dated(skewMs, -45)),
          change('outbound', dated(skewMs, -30), true, 'ManualSuppression'),
          bounce('outbound', '2099-01-01T00:00:00Z'),
        ];
        const ends = new Set<string>();
        for (const [i, order] of permutations([0, 1, 2, 3, 4]).entries()) {
          for (const table of ['events', 'suppressions', 'suppression_fences'] as const)
            await db(`postlane_${table}`).delete();
          const said = order.map(one => reports[one] ?? {});
          await receive(...said, ...(i % 2 === 0 ? said : []));
          ends.add(await rows());
        }
        expect(ends.size).to.equal(1);
        expect(await classes()).to.equal('complaint unsubscribe');
      });

      it(`cannot undo an operator’s lift unless they are newer, ${skewMs / 1000} s away`, async function () {
        this.timeout(120_000);
        const late = [
          bounce('outbound', dated(skewMs, -60), { ID: 1 }),
          change('outbound', dated(skewMs, -20), true),
          complaint('outbound', dated(skewMs, -21)),
        ];
        const newer = [bounce('outbound', dated(skewMs, -19)), complaint('outbound', dated(skewMs, -18))];
        for (const order of permutations([0, 1, 2])) {
          for (const table of ['events', 'suppressions', 'suppression_fences'] as const)
            await db(`postlane_${table}`).delete();
          await receive(bounce('outbound', dated(skewMs, -20)));
          await liftHere();
          const lifted = await rows();
          await receive(...order.map(one => late[one] ?? {}));
          expect(await rows()).to.equal(lifted);
          await receive(...(order[0] === 0 ? newer : newer.toReversed()));
          expect(await classes()).to.equal('bounce complaint');
        }
      });
    }

    /** As `lift` does once the provider has agreed. */
    const liftHere = async () => {
      await db.transaction(async trx => {
        const place = { address, stream: 'outbound' };
        const before = await lockStanding(trx, place);
        const evidence = { at: clock.now(), note: 'lifted', by: 'ada' };
        await saveStanding(trx, place, before, withFence(before, ['bounce']), evidence);
      });
    };

    it('and many at once, by many connections', async () => {
      const minutes = Array.from({ length: 20 }, (_, i) => -i - 1);
      await Promise.all(
        minutes.map(minute =>
          receive(
            minute % 2 === 0
              ? change('outbound', dated(0, minute), false, '', 'Customer')
              : bounce('outbound', dated(0, minute)),
          ),
        ),
      );
      expect(await classes()).to.equal('bounce');
      const [row] = await db('postlane_suppressions').select();
      expect(row?.changed_at).to.deep.equal(new Date(dated(0, -1)));
    });

    it('keep no address for ever, whatever date one of them has', async () => {
      await receive(bounce('outbound', '2099-01-01T00:00:00Z'));
      expect(await classes()).to.equal('bounce');
      await receive(change('outbound', dated(-hourMs, 0), false, '', 'Customer'));
      expect(await classes()).to.equal('');
      await receive(change('outbound', '2099-06-01T00:00:00Z', false, '', 'Customer'));
      await receive(bounce('outbound', dated(-hourMs, 1)));
      expect(await classes()).to.equal('bounce');
      const [shown] = await mail.suppressions.list();
      expect(shown?.changedAt.getTime()).to.be.at.most(clock.now().getTime());
    });
  });

  describe('an entry of ours', () => {
    it('is neither overwritten by a bounce nor lifted by a reactivation', async () => {
      expect(await mail.suppressions.add('outbound', address, 'asked by phone')).to.equal(true);
      expect(await mail.suppressions.add('outbound', address, 'again')).to.equal(false);
      await receive(bounce('outbound', dated(0, 1)));
      await receive(change('outbound', dated(0, 2), false, '', 'Customer'));
      const [one] = await mail.suppressions.list();
      expect(one).to.include({ class: 'operator', note: 'asked by phone' });
      expect((await mail.send(resetInput({ to: address }), { wait: true })).state).to.equal('suppressed');
    });

    it('can stand over a provider’s, and its end leaves that one standing', async () => {
      await receive(complaint('broadcast', dated(0, -1)));
      expect(await mail.suppressions.add('broadcast', address, 'by phone', { by: 'ada' })).to.equal(true);
      const both = await mail.suppressions.evidence('broadcast', address);
      expect(both?.suppression).to.include({ class: 'complaint', active: true });
      expect(both?.all.map(one => one.source)).to.deep.equal(['provider', 'operator']);
      const { lifted, still } = await mail.suppressions.lift('broadcast', address, 'again', { by: 'ada' });
      expect(lifted).to.equal(1);
      expect(still).to.include({ class: 'complaint' });
      const stays = await refusal(mail.suppressions.lift('broadcast', address, 'again'));
      expect(stays.code).to.equal('wrong-state');
      const history = await mail.suppressions.history(address);
      expect(history.map(one => [one.source, one.active, one.note])).to.deep.equal([
        ['operator', false, 'again'],
        ['operator', true, 'by phone'],
        ['provider', true, null],
      ]);
    });

    it('is the person’s alone to take back where the person asked for it', async () => {
      const target = { scope: 'bulk', address } as const;
      await mail.suppressions.add({ ...target, source: 'person', note: 'account page' });
      expect((await refusal(mail.suppressions.lift(target, 'we want to'))).message).to.include('only they');
      expect(await mail.suppressions.lift({ ...target, source: 'person' }, 'account page')).to.deep.equal({
        ...{ lifted: 1, still: null },
      });
      const nothing = await refusal(mail.suppressions.lift(target, 'again'));
      expect(nothing.message).to.include('not suppressed');
    });

    it('is refused in words where its scope lacks or has too much', async () => {
      const wrong: [object, string][] = [
        [{ scope: 'topic', address, note: '' }, 'topic'],
        [{ scope: 'bulk', address, topic: 'news', note: '' }, 'topic'],
        [{ scope: 'stream', address, note: '' }, 'stream'],
        [{ scope: 'all', address, note: '' }, 'scope'],
        [{ scope: 'bulk', address: 'nobody', note: '' }, 'address'],
        [{ scope: 'bulk', address }, 'note'],
      ];
      for (const [input, field] of wrong)
        expect((await refusal(mail.suppressions.add(input as never))).field).to.equal(field);
    });

    const scopes = [
      { scope: 'topic', topic: 'news' },
      { scope: 'bulk' },
      { scope: 'non-essential' },
      { scope: 'everything' },
    ] as const;
    const stopped = { topic: 'n', bulk: 'n', 'non-essential': 'nl', everything: 'nlr' };
    for (const target of scopes) {
      it(`stops what its scope says: ${target.scope}`, async () => {
        await mail.suppressions.add({ ...target, address, note: 'asked' });
        const sent = await mail.send(newsletter({ topic: 'news' }));
        await mail.work.deliverDue('bulk');
        const states = [
          ['n', (await mail.messages.get(sent.id))?.state],
          ['l', (await mail.send(composed('loyalty'), { wait: true })).state],
          ['r', (await mail.send(resetInput({ to: address }), { wait: true })).state],
        ];
        const found = states.filter(([, state]) => state === 'suppressed').map(([name]) => name);
        expect(found.join('')).to.equal(stopped[target.scope]);
        expect(await campaignPlan()).to.deep.equal({ suppressed: 1, withdrawn: 0, willReceive: 0 });
        await mail.suppressions.lift({ ...target, address }, 'again');
        expect(await campaignPlan()).to.include({ willReceive: 1 });
      });
    }
    const composed = (category: string) => ({ category, to: address, subject: 'Hello', text: 'Hello' });
  });

  describe('what was said on one stream', () => {
    it('counts for the same mail by every other road', async () => {
      await receive(change('broadcast', dated(0, -1), true, 'ManualSuppression'));
      const { id } = await mail.send(newsletter({ stream: 'second', topic: 'news' }));
      await mail.work.deliverDue('bulk');
      expect(await mail.messages.get(id)).to.include({
        ...{ state: 'suppressed', stream: 'second', reason: 'suppressed: ManualSuppression (Recipient)' },
      });
      expect((await mail.messages.explain(id))?.suppression).to.include({ stream: 'broadcast' });
      expect((await mail.send(resetInput({ to: address }), { wait: true })).state).to.equal('sent');
    });

    it('is all bulk where nobody can tell what it was', async () => {
      await receive(complaint('somewhere', dated(0, -1)));
      expect(await campaignPlan()).to.include({ suppressed: 1 });
      expect((await mail.send(resetInput({ to: address }), { wait: true })).state).to.equal('sent');
    });

    it('of a dead mailbox stops bulk everywhere, and transactional mail where it was reported', async () => {
      await receive(bounce('alerts', dated(0, -1)));
      expect(await campaignPlan()).to.include({ suppressed: 1 });
      expect((await mail.send(resetInput({ to: address }), { wait: true })).state).to.equal('sent');
      const there = await mail.send(resetInput({ to: address, stream: 'alerts' }), { wait: true });
      expect(there.state).to.equal('suppressed');
    });

    it('is named by the strongest of all that stop it', async () => {
      await receive(bounce('outbound', dated(0, -1)));
      const reason = async () => {
        const { id } = await mail.send(resetInput({ to: address }), { wait: true });
        return (await mail.messages.get(id))?.reason;
      };
      expect(await reason()).to.equal('suppressed: HardBounce (Recipient)');
      await mail.suppressions.add('outbound', address, 'asked');
      expect(await reason()).to.equal('suppressed: ManualSuppression (Operator)');
      await receive(change('outbound', dated(0, -2), true, 'ManualSuppression'));
      expect(await reason()).to.equal('suppressed: ManualSuppression (Recipient)');
      await receive(complaint('outbound', dated(0, -3)));
      expect(await reason()).to.equal('suppressed: SpamComplaint (Recipient)');
    });
  });
});
