import { expect } from 'chai';
import { Errors } from 'postmark';
import {
  inactiveAddresses,
  outcomeOf,
  outcomeOfError,
} from '../../server/mail/providers/postmark/outcomes.ts';

const why =
  'Inactive recipients are ones that have generated a hard bounce, a spam complaint, or a manual suppression.';
const all = `You tried to send to recipient(s) that have been marked as inactive. Found inactive addresses: a@x.example, b@x.example. ${why}`;

describe('outcomes of the Postmark API', () => {
  describe('of one message', () => {
    it('is accepted with an id', () => {
      expect(outcomeOf({ ErrorCode: 0, Message: 'OK', MessageID: 'id-1' })).to.deep.equal({
        kind: 'accepted',
        code: 'postmark-0',
        answer: 'OK',
        providerMessageId: 'id-1',
      });
    });

    it('is accepted when the platform is slow and leaves the code out', () => {
      const Message = 'Message accepted, but delivery may be delayed.';
      expect(outcomeOf({ Message, MessageID: 'id-1' })).to.include({ kind: 'accepted', answer: Message });
    });

    it('is accepted when some of its recipients are inactive', () => {
      const Message = `Message OK, but will not deliver to these inactive addresses: a@x.example. ${why}`;
      expect(outcomeOf({ ErrorCode: 0, Message, MessageID: 'id-1' })).to.include({
        kind: 'accepted',
        answer: Message,
      });
    });

    it('is unknown without an id: something answered, but was it Postmark?', () => {
      for (const answer of [{}, { ErrorCode: 0 }, { ErrorCode: 0, Message: 'OK', MessageID: '' }]) {
        expect(outcomeOf(answer).kind).to.equal('unknown');
      }
    });

    it('is deferred by what is wrong with the account, server or stream', () => {
      for (const code of [10, 100, 101, 400, 401, 405, 412, 413, 429, 1235, 1236, 1480]) {
        expect(outcomeOf({ ErrorCode: code, Message: 'm' }), String(code)).to.deep.equal({
          kind: 'deferred',
          code: `postmark-${code}`,
          answer: 'm',
        });
      }
    });

    it('is rejected by what is wrong with the message, and by codes nobody has heard of', () => {
      for (const code of [11, 300, 402, 403, 407, 408, 409, 410, 411, 422, 500, 503, 1101, 1123, 9999]) {
        expect(outcomeOf({ ErrorCode: code, Message: 'm' }), String(code)).to.deep.equal({
          kind: 'rejected',
          code: `postmark-${code}`,
          answer: 'm',
          inactive: [],
        });
      }
    });

    it('is rejected with the inactive addresses by 406, and by nothing else', () => {
      expect(outcomeOf({ ErrorCode: 406, Message: all })).to.deep.include({
        kind: 'rejected',
        code: 'postmark-406',
        inactive: ['a@x.example', 'b@x.example'],
      });
      expect(outcomeOf({ ErrorCode: 300, Message: all })).to.deep.include({ inactive: [] });
    });
  });

  describe('the addresses a text names', () => {
    const texts: [string, string, string[]][] = [
      ['single send', all, ['a@x.example', 'b@x.example']],
      [
        'batch item, with a space at its end',
        `You tried to send to a recipient that has been marked as inactive. Found inactive addresses: a@x.example. ${why} `,
        ['a@x.example'],
      ],
      [
        'partial, long',
        `Message OK, but will not deliver to these inactive addresses: a@x.example, b@x.example. ${why}`,
        ['a@x.example', 'b@x.example'],
      ],
      [
        'partial, short',
        'Message OK, but will not deliver to these inactive addresses: a@x.example, b@x.example.',
        ['a@x.example', 'b@x.example'],
      ],
      [
        'before 2017, with line breaks',
        'You tried to send to a recipient that has been marked as inactive.\nFound inactive addresses: a@x.example,\nb@x.example.\nInactive recipients are ones that have generated a hard bounce or a spam complaint.',
        ['a@x.example', 'b@x.example'],
      ],
      [
        'without a space after the comma, in capitals',
        'Found inactive addresses: A@X.example,b@x.example. Inactive recipients are',
        ['a@x.example', 'b@x.example'],
      ],
      [
        'an address that contains the word',
        `Found inactive addresses: inactive@x.example, b@inactive.example. ${why}`,
        ['inactive@x.example', 'b@inactive.example'],
      ],
      ['none', 'Invalid something', []],
      ['nothing', '', []],
    ];
    for (const [what, text, expected] of texts) {
      it(what, () => expect(inactiveAddresses(text)).to.deep.equal(expected));
    }
  });

  describe('of a call that failed', () => {
    const failed = (status: number, code = 0) => outcomeOfError(new Errors.HttpError('m', code, status));

    it('is deferred where nothing was taken and the message is not at fault', () => {
      for (const status of [401, 403, 404, 405, 407, 408, 415, 421, 425, 429, 503]) {
        expect(failed(status), String(status)).to.deep.equal({
          kind: 'deferred',
          code: `http-${status}`,
          answer: 'm',
        });
      }
      expect(failed(503, 100).kind).to.equal('deferred');
    });

    it('is deferred by the internal error that Postmark itself reports', () => {
      expect(failed(500, 101)).to.deep.include({ kind: 'deferred', code: 'postmark-101' });
    });

    it('is unknown where somebody on the way gave up', () => {
      for (const status of [500, 502, 504, 520, 599])
        expect(failed(status).kind, String(status)).to.equal('unknown');
    });

    it('is rejected where the message is too big or not understood', () => {
      for (const status of [400, 413, 414]) {
        expect(failed(status), String(status)).to.deep.include({ kind: 'rejected', code: `http-${status}` });
      }
    });

    it('reads the code behind a 422, and does not take it for a status', () => {
      expect(failed(422, 406)).to.include({ kind: 'rejected', code: 'postmark-406' });
      expect(failed(422, 413)).to.include({ kind: 'deferred', code: 'postmark-413' });
      expect(failed(422, 503)).to.include({ kind: 'rejected', code: 'postmark-503' });
      expect(failed(422, 1235)).to.include({ kind: 'deferred', code: 'postmark-1235' });
      expect(failed(422)).to.include({ kind: 'rejected', code: 'http-422' });
    });

    it('is unknown when the answer broke off or makes no sense', () => {
      for (const error of [new TypeError('terminated'), new DOMException('aborted', 'TimeoutError')]) {
        expect(outcomeOfError(error).kind).to.equal('unknown');
      }
      expect(outcomeOfError(new Errors.PostmarkError('fetch failed', 0, 0)).kind).to.equal('unknown');
    });
  });
});
