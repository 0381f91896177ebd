import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { MalformedEvent } from '../../server/mail/providers/event.ts';
import { readPosted } from '../../server/mail/providers/postmark/events.ts';
import { inboundSample, providerSamples } from '../support/provider-samples.ts';

const receivedAt = new Date('2026-05-06T00:00:00Z');
const read = (payload: unknown) => readPosted({ text: JSON.stringify(payload) }, receivedAt);
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

    it('are of their message’s stream when they name none, and of the default where there is no message', () => {
      for (const stream of [undefined, null, '']) {
        expect(read({ ...Delivery, MessageStream: stream })).to.include({
          stream: 'outbound',
          isStreamAssumed: true,
        });
      }
    });

    it('may have the old type code of a complaint and the old spelling of the server', () => {
      const old = { ...without(SpamComplaint, 'ServerID'), ServerId: 77, TypeCode: 512 };
      expect(read(old)).to.include({ kind: 'complained', fact: read(SpamComplaint).fact });
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
        expect(read(structuredClone(sample)).fact).to.equal(
          readPosted({ text: JSON.stringify(sample) }, new Date()).fact,
        );
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

    it('of a bounce is its id, message and address together, be the id number or text', () => {
      expect(read({ ...Bounce, ID: '700000001', Details: 'other' }).fact).to.equal(read(Bounce).fact);
      expect(read({ ...Bounce, Email: 'GONE@mail.example' }).fact).to.equal(read(Bounce).fact);
      const facts = [
        Bounce,
        { ...Bounce, ID: 42 },
        { ...Bounce, ID: 42, Email: 'other@mail.example' },
        { ...Bounce, ID: 42, MessageID: randomUUID() },
      ].map(payload => read(payload).fact);
      expect(new Set(facts).size).to.equal(facts.length);
    });

    it('of a bounce keeps every digit of its id, and the list has the same', () => {
      const posted = (id: string) =>
        readPosted({ text: JSON.stringify(Bounce).replace('700000001', id) }, receivedAt);
      const event = posted('4323372036854775807');
      expect(event.details.bounceId).to.equal('4323372036854775807');
      expect(event.raw).to.contain('"ID":4323372036854775807,');
      expect(posted('4323372036854775808').fact).not.to.equal(event.fact);
      expect(read({ ...Bounce, ID: '4323372036854775807' }).fact).to.equal(event.fact);
    });
  });

  describe('what cannot be read', () => {
    const needed: [object, string[]][] = [
      [Delivery, ['Recipient', 'DeliveredAt']],
      [Bounce, ['ID', 'Type', 'Email', 'BouncedAt', 'Inactive']],
      [SpamComplaint, ['ID', 'Type', 'Email', 'BouncedAt']],
      [Open, ['Recipient', 'ReceivedAt']],
      [Click, ['Recipient', 'ReceivedAt']],
      [SubscriptionChange, ['Recipient', 'ChangedAt', 'SuppressSending']],
    ];
    for (const [sample, fields] of needed) {
      for (const field of fields) {
        it(`of a report ${read(sample).kind} is named where it is ${field}, and the rest counts`, () => {
          const whole = read(sample);
          const lean: [unknown, string][] = [
            [without(sample, field), 'is missing'],
            [{ ...sample, [field]: null }, 'is missing'],
            [{ ...sample, [field]: {} }, 'cannot be read'],
          ];
          for (const [payload, problem] of lean) {
            const event = read(payload);
            expect(event.faults).to.deep.equal([`${field} ${problem}`]);
            expect(event.providerMessageId).to.equal(whole.providerMessageId);
            expect(event.stream).to.equal(whole.stream);
            expect(event.recipient).to.equal(isAddress(field) ? null : whole.recipient);
            expect(event.occurredAt).to.deep.equal(isDate(field) ? receivedAt : whole.occurredAt);
            if (field !== 'Type') expect(event.kind).to.equal(whole.kind);
            if (field !== 'Type') expect(event.suppresses).to.deep.equal(whole.suppresses);
            expect(read(structuredClone(payload)).fact).to.equal(event.fact);
          }
        });
      }
    }
    const isAddress = (field: string) => field === 'Recipient' || field === 'Email';
    const isDate = (field: string) => field.endsWith('At');

    it('leaves apart what the missing field would tell apart', () => {
      const lean = without(Open, 'ReceivedAt');
      expect(read(lean).fact).not.to.equal(read({ ...lean, Platform: 'Mobile' }).fact);
    });

    it('of a bounce without its type is made up for by its number, and by the address being inactive', () => {
      const untyped = without(Bounce, 'Type');
      expect(read(untyped)).to.include({ kind: 'bounced' });
      expect(read({ ...untyped, TypeCode: 16 }).suppresses?.reason).to.equal('ManualSuppression');
      expect(read(without(untyped, 'TypeCode'))).to.include({ kind: 'bounced' });
      const active = { ...without(untyped, 'TypeCode'), Inactive: false };
      expect(read(active)).to.include({ kind: 'soft-bounced', suppresses: null });
      expect(read(without(SpamComplaint, 'Type')).kind).to.equal('complained');
    });

    it('of a complaint is not whether the address is inactive: it is, unless it says otherwise', () => {
      for (const complaint of [without(SpamComplaint, 'Inactive'), { ...SpamComplaint, Inactive: null }]) {
        expect(read(complaint)).to.deep.equal({ ...read(SpamComplaint), raw: JSON.stringify(complaint) });
      }
      expect(read({ ...SpamComplaint, Inactive: 'True' }).suppresses).to.deep.equal(
        read(SpamComplaint).suppresses,
      );
    });

    it('of a change without its word is told by its reason', () => {
      const silent = without(SubscriptionChange, 'SuppressSending');
      expect(read(silent).kind).to.equal('suppressed');
      expect(read({ ...silent, SuppressionReason: null })).to.deep.include({
        kind: 'unreadable',
        suppresses: null,
      });
    });

    it('is everything of what is no object, or says nothing that we know', () => {
      for (const payload of [null, 'x', 5, true, [], [Delivery], {}, { RecordType: 5 }]) {
        const event = read(payload);
        expect(event.kind, JSON.stringify(payload)).to.equal('unreadable');
        expect(event.faults).to.have.length(1);
        expect(event.raw).to.equal(JSON.stringify(payload));
        expect(event.occurredAt).to.equal(receivedAt);
      }
      expect(read({ RecordType: 'Weather', Email: 'A@mail.example' })).to.deep.include({
        kind: 'other',
        recipient: 'a@mail.example',
        faults: ['RecordType is unknown'],
      });
    });

    it('is only the RecordType of a payload whose fields tell it', () => {
      for (const sample of [Delivery, Bounce, SpamComplaint, Open, Click, SubscriptionChange]) {
        const event = read(without(sample, 'RecordType'));
        expect(event.kind).to.equal(read(sample).kind);
        expect(event.faults).to.deep.equal(['RecordType is missing']);
      }
      expect(read({ ...Delivery, RecordType: 'DELIVERY' })).to.include({ kind: 'delivered' });
    });

    it('is what the columns cannot hold', () => {
      const long = `${'a'.repeat(250)}@mail.example`;
      expect(read({ ...Delivery, Recipient: long })).to.deep.include({
        recipient: null,
        faults: ['Recipient cannot be read'],
      });
      expect(read({ ...Bounce, Email: 'İ'.repeat(200) }).recipient).to.equal(null);
      expect(read({ ...Delivery, MessageStream: 'ünsinn' })).to.deep.include({
        stream: 'outbound',
        isStreamAssumed: true,
        faults: ['MessageStream cannot be read'],
      });
      expect(read({ ...Delivery, MessageID: 'é'.repeat(20) }).providerMessageId).to.equal(null);
      const worst = read({
        ...Bounce,
        ...Object.fromEntries(
          ['Name', 'Details', 'Description', 'Type'].map(name => [name, '\u0001'.repeat(9000)]),
        ),
      });
      expect(Buffer.byteLength(JSON.stringify(worst.details))).to.be.below(65_535);
    });

    it('is not repeated in words: it may be personal', () => {
      expect(read({ ...Delivery, DeliveredAt: 'secret' }).faults?.join()).not.to.contain('secret');
    });

    it('refuses what is not JSON, and nothing else', () => {
      for (const text of ['', '{', '{"a":1}}', 'Delivery', '[1,]', `{"x":"${'a'.repeat(200_000)}`]) {
        expect(() => readPosted({ text }, receivedAt), text.slice(0, 20)).to.throw(MalformedEvent);
      }
    });
  });

  describe('dates', () => {
    const dated = (DeliveredAt: unknown) => read({ ...Delivery, DeliveredAt });

    it('that name no zone are in UTC', () => {
      const at = new Date('2026-05-04T09:08:07.000Z');
      for (const text of [
        '2026-05-04T09:08:07',
        '2026-05-04 09:08:07',
        '2026-05-04T11:08:07+0200',
        '2026-05-04T05:08:07.0000000-04:00',
      ])
        expect(dated(text).occurredAt, text).to.deep.equal(at);
    });

    it('that nothing can have happened at are those of the arrival', () => {
      const wrong = [
        '-000001-01-01T00:00:00Z',
        '0001-01-01T00:00:00',
        '9999-12-31T23:59:59Z',
        '2026-13-01',
        5,
      ];
      for (const text of wrong) {
        expect(dated(text).occurredAt, String(text)).to.equal(receivedAt);
        expect(dated(text).faults).to.deep.equal(['DeliveredAt cannot be read']);
      }
    });
  });

  describe('what is kept', () => {
    it('is what was posted, to the byte, without the mail itself', () => {
      const text = `{ "RecordType":"Bounce", "ID": 1e3, "Content":"x\\"}", "Email":"a@mail.example",\n"Content":[{"a":1}] }`;
      expect(readPosted({ text }, receivedAt).raw).to.equal(
        '{ "RecordType":"Bounce", "ID": 1e3, "Email":"a@mail.example"}',
      );
      const named = { ...Delivery, Metadata: { Content: 'kept' } };
      expect(read(named).raw).to.equal(JSON.stringify(named));
    });

    it('is without the files of a mail that came in, and with their names', () => {
      const event = read({ ...inboundSample, RawEmail: 'From: x' });
      expect(event.raw).not.to.match(/aGk=|RawEmail/);
      expect(JSON.parse(event.raw).Attachments).to.deep.equal([
        { Name: 'a.txt', ContentType: 'text/plain', ContentLength: 2, ContentID: '' },
      ]);
    });

    it('is a megabyte at most, and marked then', () => {
      const event = read({ ...Delivery, Details: 'é'.repeat(700_000) });
      expect(Buffer.byteLength(event.raw)).to.be.within(1024 * 1024 - 2, 1024 * 1024);
      expect(event.raw).to.match(/é$/);
      expect(event.rawMarks).to.deep.equal(['cut']);
      expect(event.kind).to.equal('delivered');
      expect(
        readPosted({ text: JSON.stringify(Delivery), isReprinted: true }, receivedAt).rawMarks,
      ).to.deep.equal(['reprinted']);
    });

    it('is taken of nonsense in a time that grows with its length alone', () => {
      const before = process.cpuUsage();
      for (const text of [
        `{"Content":"${'\\\\'.repeat(4_000_000)}"}`,
        `${'['.repeat(4_000_000)}${']'.repeat(4_000_000)}`,
        `[${'"Content",'.repeat(800_000)}1]`,
        `{"RecordType":"Bounce","ID":${'9'.repeat(8_000_000)}}`,
      ])
        readPosted({ text }, receivedAt);
      const { user } = process.cpuUsage(before);
      expect(user / 1000).to.be.below(5_000);
    });
  });
});
