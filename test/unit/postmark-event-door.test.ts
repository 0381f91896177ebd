import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { MalformedEvent } from '../../server/mail/providers/event.ts';
import { readEvent } from '../../server/mail/providers/postmark/events.ts';
import { providerSamples } from '../support/provider-samples.ts';

const receivedAt = new Date('2026-05-06T00:00:00Z');
const read = (payload: unknown) => readEvent(payload, receivedAt);
const { Delivery, Bounce, SpamComplaint, Open, Click, SubscriptionChange } = providerSamples;

/** The payload without one of its fields. */
function without(payload: object, field: string): object {
  return Object.fromEntries(Object.entries(payload).filter(([name]) => name !== field));
}

describe('the door of events', () => {
  describe('older and leaner payloads', () => {
    for (const field of ['Tag', 'Metadata', 'ServerID', 'MessageStream', 'Details', 'Description', 'Name']) {
      it(`do without ${field}`, () => {
        expect(read(without(Bounce, field)).recipient).to.equal('gone@mail.example');
      });
    }
    for (const field of [
      'Tag',
      'Metadata',
      'MessageStream',
      'Platform',
      'Geo',
      'Client',
      'OS',
      'UserAgent',
    ]) {
      it(`click without ${field}`, () => expect(read(without(Click, field)).kind).to.equal('clicked'));
    }

    it('mean the default stream when they name none', () => {
      for (const stream of [undefined, null, '']) {
        expect(read({ ...Delivery, MessageStream: stream }).stream).to.equal('outbound');
      }
    });

    it('may have the old type code of a complaint and the old spelling of the server', () => {
      const old = { ...without(SpamComplaint, 'ServerID'), ServerId: 77, TypeCode: 512 };
      expect(read(old)).to.include({ kind: 'complained', fact: 'bounce 700000002' });
    });

    it('have no message when the id is null, empty or all zeros', () => {
      for (const MessageID of [null, undefined, '', '00000000-0000-0000-0000-000000000000']) {
        expect(read({ ...SubscriptionChange, MessageID }).providerMessageId, String(MessageID)).to.equal(
          null,
        );
      }
    });

    it('may have odd values in metadata, null or no text', () => {
      for (const Metadata of [null, {}, { order: null, count: 5 }]) {
        expect(read({ ...Delivery, Metadata }).attemptId).to.equal(null);
      }
    });
  });

  describe('the fact', () => {
    it('is the same for a report that comes again', () => {
      for (const sample of Object.values(providerSamples)) {
        expect(read(structuredClone(sample)).fact).to.equal(readEvent(sample, new Date()).fact);
      }
    });

    it('does not depend on the case of an address', () => {
      expect(read({ ...Delivery, Recipient: 'Ada@Mail.Example' })).to.deep.include({
        fact: read(Delivery).fact,
        recipient: 'ada@mail.example',
      });
    });

    it('is another for another recipient, moment, link or message', () => {
      const facts = [
        Click,
        { ...Click, Recipient: 'b@mail.example' },
        { ...Click, ReceivedAt: '2026-05-04T09:31:01.0000000Z' },
        { ...Click, OriginalLink: 'https://shop.example/' },
        { ...Click, MessageID: randomUUID() },
        { ...Click, RecordType: 'Open' },
      ].map(payload => read(payload).fact);
      expect(new Set(facts).size).to.equal(facts.length);
    });

    it('of a bounce is its id alone, be it number or text', () => {
      expect(read({ ...Bounce, ID: '700000001' }).fact).to.equal(read(Bounce).fact);
      expect(read({ ...Bounce, Details: 'other', RecordType: 'Bounce' }).fact).to.equal(read(Bounce).fact);
    });

    it('of bounces whose ids JSON cannot hold is told by more than the id', () => {
      const large = (id: string, email: string) =>
        read(JSON.parse(JSON.stringify({ ...Bounce, ID: 0, Email: email }).replace('"ID":0', `"ID":${id}`)));
      const one = large('4323372036854775807', 'a@mail.example');
      const other = large('4323372036854775808', 'b@mail.example');
      expect(one.fact).not.to.equal(other.fact);
      expect(large('4323372036854775807', 'A@mail.example').fact).to.equal(one.fact);
      // As text nothing is lost.
      expect(read({ ...Bounce, ID: '4323372036854775807' }).fact).to.equal('bounce 4323372036854775807');
    });
  });

  describe('malformed', () => {
    const needed: [object, string[]][] = [
      [Delivery, ['Recipient', 'DeliveredAt']],
      [Bounce, ['ID', 'Type', 'Email', 'BouncedAt', 'Inactive']],
      [SpamComplaint, ['ID', 'Type', 'Email', 'BouncedAt', 'Inactive']],
      [Open, ['Recipient', 'ReceivedAt']],
      [Click, ['Recipient', 'ReceivedAt']],
      [SubscriptionChange, ['Recipient', 'ChangedAt', 'SuppressSending']],
    ];
    for (const [sample, fields] of needed) {
      for (const field of fields) {
        it(`${read(sample).kind} without ${field}, which it names`, () => {
          for (const payload of [
            without(sample, field),
            { ...sample, [field]: null },
            { ...sample, [field]: {} },
          ]) {
            expect(() => read(payload)).to.throw(MalformedEvent, field);
          }
        });
      }
    }

    it('is what is no object, or has no type', () => {
      for (const payload of [undefined, null, 'x', 5, true, [], [Delivery], {}, { RecordType: 5 }]) {
        expect(() => read(payload), JSON.stringify(payload)).to.throw(MalformedEvent);
      }
    });

    it('is what the columns cannot hold: a 500 would make Postmark try for ever', () => {
      const long = `${'a'.repeat(250)}@mail.example`;
      expect(() => read({ ...Delivery, Recipient: long })).to.throw(MalformedEvent, 'Recipient');
      expect(() => read({ ...Bounce, Email: long })).to.throw(MalformedEvent, 'Email');
      expect(() => read({ ...Delivery, MessageStream: 'ünsinn' })).to.throw(MalformedEvent, 'MessageStream');
      expect(read({ ...Delivery, MessageID: 'é'.repeat(20) }).providerMessageId).to.equal(null);
    });

    it('is not repeated in the message: it may be personal', () => {
      expect(() => read({ ...Delivery, DeliveredAt: 'secret' }))
        .to.throw(MalformedEvent)
        .with.property('message')
        .not.contains('secret');
    });
  });
});
