import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { EventKind } from '../../server/mail/providers/event.ts';
import { bounceTypeOf } from '../../server/mail/providers/postmark/bounce-types.ts';
import { readPosted } from '../../server/mail/providers/postmark/events.ts';
import {
  inboundSample,
  providerSamples,
  smtpApiErrorSample,
  templateFailedSample,
} from '../support/provider-samples.ts';

const receivedAt = new Date('2026-05-06T00:00:00Z');
const read = (payload: unknown) => readPosted({ text: JSON.stringify(payload) }, receivedAt);
const { Delivery, Bounce, SpamComplaint, Open, Click, SubscriptionChange } = providerSamples;
const first = {
  providerMessageId: Delivery.MessageID,
  attemptId: null,
  stream: 'outbound',
  suppresses: null,
};

describe('events of Postmark', () => {
  describe('every field of every sample', () => {
    it('Delivery', () => {
      expect(read(Delivery)).to.deep.equal({
        ...first,
        kind: 'delivered',
        fact: `delivery ${Delivery.MessageID} outbound ada@mail.example 2026-05-04T09:08:07.123Z`,
        recipient: 'ada@mail.example',
        occurredAt: new Date('2026-05-04T09:08:07.123Z'),
        details: { answer: '250 2.0.0 accepted for delivery' },
        serverId: '77',
        raw: JSON.stringify(Delivery),
      });
    });

    it('Bounce', () => {
      expect(read(Bounce)).to.deep.equal({
        ...first,
        kind: 'bounced',
        fact: `bounce 700000001 ${Bounce.MessageID} gone@mail.example`,
        recipient: 'gone@mail.example',
        occurredAt: new Date('2026-05-04T09:08:09.000Z'),
        suppresses: { active: true, reason: 'HardBounce', origin: 'Recipient' },
        details: {
          type: 'HardBounce',
          bounceId: '700000001',
          name: 'Hard bounce',
          details: 'smtp;550 5.1.1 no such user',
          description: Bounce.Description,
        },
        serverId: '77',
        raw: JSON.stringify(Bounce),
      });
    });

    it('SpamComplaint', () => {
      expect(read(SpamComplaint)).to.deep.equal({
        kind: 'complained',
        fact: `bounce 700000002 ${SpamComplaint.MessageID} cross@mail.example`,
        attemptId: null,
        providerMessageId: SpamComplaint.MessageID,
        stream: 'broadcast',
        recipient: 'cross@mail.example',
        occurredAt: new Date('2026-05-05T10:00:00.000Z'),
        suppresses: { active: true, reason: 'SpamComplaint', origin: 'Recipient' },
        details: {
          type: 'SpamComplaint',
          bounceId: '700000002',
          name: 'Spam complaint',
          details: 'feedback loop',
          description: SpamComplaint.Description,
        },
        serverId: '77',
        raw: JSON.stringify(SpamComplaint),
      });
    });

    it('Open', () => {
      expect(read(Open)).to.deep.equal({
        ...first,
        kind: 'opened',
        fact: `open ${Open.MessageID} outbound ada@mail.example 2026-05-04T09:30:00.000Z`,
        recipient: 'ada@mail.example',
        occurredAt: new Date('2026-05-04T09:30:00.000Z'),
        details: { platform: 'Desktop' },
        raw: JSON.stringify(Open),
      });
    });

    it('Click', () => {
      expect(read(Click)).to.deep.equal({
        ...first,
        kind: 'clicked',
        fact: `click ${Click.MessageID} outbound ada@mail.example 2026-05-04T09:31:00.000Z ${Click.OriginalLink}`,
        recipient: 'ada@mail.example',
        occurredAt: new Date('2026-05-04T09:31:00.000Z'),
        details: { link: 'https://shop.example/orders/17', platform: 'Desktop' },
        raw: JSON.stringify(Click),
      });
    });

    it('SubscriptionChange', () => {
      expect(read(SubscriptionChange)).to.deep.equal({
        kind: 'suppressed',
        fact: `subscription true ${SubscriptionChange.MessageID} broadcast cross@mail.example 2026-05-05T10:00:01.000Z`,
        attemptId: null,
        providerMessageId: SubscriptionChange.MessageID,
        stream: 'broadcast',
        recipient: 'cross@mail.example',
        occurredAt: new Date('2026-05-05T10:00:01.000Z'),
        suppresses: { active: true, reason: 'ManualSuppression', origin: 'Recipient' },
        details: { reason: 'ManualSuppression', origin: 'Recipient' },
        serverId: '77',
        raw: JSON.stringify(SubscriptionChange),
      });
    });

    it('a refusal after acceptance by SMTP', () => {
      expect(read(smtpApiErrorSample)).to.deep.include({
        kind: 'refused',
        fact: `bounce 700000003 ${Bounce.MessageID} gone@mail.example`,
        recipient: 'gone@mail.example',
        suppresses: null,
      });
    });
  });

  describe('the kinds of bounces', () => {
    const kinds: Record<string, EventKind> = {
      HardBounce: 'bounced',
      BadEmailAddress: 'bounced',
      Blocked: 'bounced',
      DMARCPolicy: 'bounced',
      ManuallyDeactivated: 'bounced',
      SpamNotification: 'bounced',
      VirusNotification: 'bounced',
      Unconfirmed: 'bounced',
      SpamComplaint: 'complained',
      SMTPApiError: 'refused',
      TemplateRenderingFailed: 'refused',
      SoftBounce: 'soft-bounced',
      Transient: 'delayed',
      DnsError: 'delayed',
      Unknown: 'soft-bounced',
      AutoResponder: 'auto-replied',
      AddressChange: 'auto-replied',
      ChallengeVerification: 'auto-replied',
      OpenRelayTest: 'auto-replied',
      Subscribe: 'auto-replied',
      Unsubscribe: 'auto-replied',
      SomethingNew: 'soft-bounced',
    };
    for (const [Type, kind] of [...Object.entries(kinds), ['constructor', 'soft-bounced'] as const]) {
      it(`${Type} is ${kind}`, () => expect(read({ ...Bounce, Type }).kind).to.equal(kind));
    }

    it('tells what counts against an address from delays, our own faults and automatic replies', () => {
      const of = (...types: string[]) => [...new Set(types.map(type => bounceTypeOf(type).outcome))];
      expect(of('HardBounce', 'BadEmailAddress', 'Blocked', 'SpamComplaint')).to.deep.equal(['hard']);
      expect(of('SoftBounce', 'Unknown', 'SomethingNew', 'constructor')).to.deep.equal(['soft']);
      expect(of('Transient', 'DnsError', 'AutoResponder', 'SMTPApiError', 'Unsubscribe')).to.deep.equal([
        'innocent',
      ]);
    });

    it('say by Inactive alone whether the address is suppressed', () => {
      expect(read({ ...Bounce, Inactive: false }).suppresses).to.equal(null);
      expect(read({ ...Bounce, Type: 'SoftBounce', Inactive: true }).suppresses).to.deep.include({
        active: true,
      });
    });
  });

  describe('changes of suppressions', () => {
    it('end one when sending is allowed again', () => {
      const event = read({
        ...SubscriptionChange,
        SuppressSending: false,
        SuppressionReason: null,
        MessageID: null,
      });
      expect(event).to.deep.include({ kind: 'unsuppressed', providerMessageId: null });
      expect(event.suppresses).to.include({ active: false });
    });

    it('are two facts when one undoes the other in the same instant', () => {
      expect(read(SubscriptionChange).fact).not.to.equal(
        read({ ...SubscriptionChange, SuppressSending: false }).fact,
      );
    });
  });

  describe('our attempt id', () => {
    const id = randomUUID();

    it('is found whatever became of the case of its key', () => {
      for (const key of ['postlane-attempt', 'Postlane-Attempt', 'POSTLANE-ATTEMPT']) {
        expect(read({ ...Delivery, Metadata: { order: 'A-17', [key]: id } }).attemptId, key).to.equal(id);
      }
    });

    it('is not taken from what cannot be one', () => {
      for (const value of ['x', '', `${id}x`, `${id}' OR 1=1`, 5, null]) {
        expect(read({ ...Delivery, Metadata: { 'postlane-attempt': value } }).attemptId).to.equal(null);
      }
    });
  });

  it('reads moments of any zone and any precision', () => {
    for (const text of [
      '2026-05-04T05:08:07.1234567-04:00',
      '2026-05-04T09:08:07.123Z',
      '2026-05-04T11:08:07.1239+02:00',
    ]) {
      expect(read({ ...Delivery, DeliveredAt: text }).occurredAt.toISOString(), text).to.equal(
        '2026-05-04T09:08:07.123Z',
      );
    }
  });

  it('keeps no mail that came along, and shortens what is shown', () => {
    const event = read({ ...Bounce, Content: 'Dear Ada, your password is', Details: 'x'.repeat(100_000) });
    expect(event.raw).not.to.contain('Dear Ada');
    expect(String(event.details.details)).to.have.length(2000);
  });

  it('keeps what it does not know, and says so', () => {
    for (const RecordType of ['Inbox', 'constructor', '__proto__', 'toString']) {
      const payload = { RecordType, Some: { thing: [1] } };
      const { fact, ...event } = read(payload);
      expect(fact).to.equal(read(structuredClone(payload)).fact);
      expect(fact).not.to.equal(read({ ...payload, Some: {} }).fact);
      expect(event, RecordType).to.deep.equal({
        kind: 'other',
        attemptId: null,
        providerMessageId: null,
        stream: null,
        recipient: null,
        occurredAt: receivedAt,
        suppresses: null,
        details: { recordType: RecordType },
        faults: ['RecordType is unknown'],
        raw: JSON.stringify(payload),
      });
    }
  });

  it('knows a mail that came in, which has no RecordType, and gives it no effect', () => {
    const event = read(inboundSample);
    expect(event).to.deep.equal({
      kind: 'inbound',
      fact: `inbound ${inboundSample.MessageID}`,
      attemptId: null,
      providerMessageId: inboundSample.MessageID,
      stream: 'inbound',
      recipient: null,
      occurredAt: receivedAt,
      suppresses: null,
      details: {
        from: 'ada@mail.example',
        to: 'hash+t9@inbound.postmarkapp.com',
        subject: 'Re: order',
        mailboxHash: 't9',
      },
      raw: JSON.stringify({
        ...inboundSample,
        Attachments: [{ Name: 'a.txt', ContentType: 'text/plain', ContentLength: 2, ContentID: '' }],
      }),
    });
  });

  it('takes a template that could not be filled in as a refusal after acceptance', () => {
    expect(read(templateFailedSample)).to.deep.include({
      kind: 'refused',
      suppresses: null,
      details: {
        type: 'TemplateRenderingFailed',
        bounceId: '700000004',
        name: 'Template rendering failed',
        details: templateFailedSample.Details,
        description: templateFailedSample.Description,
      },
    });
  });
});
