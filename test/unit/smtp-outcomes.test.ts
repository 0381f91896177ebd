import { expect } from 'chai';
import { smtpOutcomeOfError } from '../../server/mail/providers/smtp/outcomes.ts';

const failure = (over: object) => Object.assign(new Error('it broke'), over);
const reply = (responseCode: number, command: string) =>
  failure({ code: 'EENVELOPE', responseCode, command, response: `${responseCode} because` });

describe('outcomes of SMTP', () => {
  it('takes a 4xx for not now, wherever it comes', () => {
    for (const command of ['CONN', 'EHLO', 'AUTH PLAIN', 'MAIL FROM', 'RCPT TO', 'DATA']) {
      for (const bodyLeft of [true, false]) {
        expect(smtpOutcomeOfError(reply(451, command), bodyLeft)).to.deep.equal({
          kind: 'deferred',
          code: 'smtp-451',
          answer: '451 because',
        });
      }
    }
  });

  it('takes a 5xx about the message for never', () => {
    for (const command of ['MAIL FROM', 'RCPT TO', 'DATA']) {
      expect(smtpOutcomeOfError(reply(550, command), false)).to.deep.equal({
        kind: 'rejected',
        code: 'smtp-550',
        answer: '550 because',
        inactive: [],
      });
    }
    expect(smtpOutcomeOfError(reply(554, 'CONN'), true).kind).to.equal('rejected');
  });

  it('does not hold against a message what is refused to the connection', () => {
    for (const command of ['CONN', 'EHLO', 'STARTTLS', 'AUTH PLAIN']) {
      expect(smtpOutcomeOfError(reply(554, command), false), command).to.include({
        kind: 'deferred',
        code: 'smtp-554',
      });
    }
    for (const code of [503, 521, 530, 534, 535, 538]) {
      expect(smtpOutcomeOfError(reply(code, 'MAIL FROM'), false).kind, String(code)).to.equal('deferred');
    }
  });

  it('depends, without a reply, on whether any of the body had left', () => {
    for (const code of [
      'ECONNECTION',
      'ESOCKET',
      'ETIMEDOUT',
      'ETLS',
      'EDNS',
      'EABORT',
      'EPROTOCOL',
      'ESTREAM',
    ]) {
      expect(smtpOutcomeOfError(failure({ code }), false)).to.deep.equal({
        kind: 'deferred',
        code: `smtp-${code.toLowerCase()}`,
        answer: 'it broke',
      });
      expect(smtpOutcomeOfError(failure({ code }), true).kind, code).to.equal('unknown');
    }
    expect(smtpOutcomeOfError(new Error('what?'), true)).to.include({ kind: 'unknown', code: 'smtp-error' });
  });

  it('rejects an envelope that nodemailer itself would not send', () => {
    const error = failure({ code: 'EENVELOPE', command: 'API' });
    expect(smtpOutcomeOfError(error, false)).to.include({ kind: 'rejected', code: 'smtp-envelope' });
  });
});
