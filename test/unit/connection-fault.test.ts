import { expect } from 'chai';
import { connectionFault } from '../../server/mail/providers/connection-fault.ts';
import { PlainError } from '../../server/mail/providers/transport.ts';
import { withTimeout } from '../../server/mail/shared/time.ts';

const failed = (message: string, more: object = {}) => Object.assign(new Error(message), more);

describe('why a connection does not work', () => {
  const cases: [string, Error, RegExp][] = [
    ['refused', failed('connect ECONNREFUSED 127.0.0.1:9', { code: 'ESOCKET' }), /connection was refused/],
    ['refused by fetch', failed('no connection was made: ECONNREFUSED'), /connection was refused/],
    [
      'no such host',
      failed('getaddrinfo ENOTFOUND smtp.nowhere.example', { code: 'EDNS' }),
      /cannot be found/,
    ],
    [
      'no login',
      failed('Invalid login: 535 5.7.8 no', { code: 'EAUTH', responseCode: 535 }),
      /user and password/,
    ],
    ['no trust', failed('self-signed certificate', { code: 'ESOCKET' }), /encrypted/],
    ['no TLS', failed('Upgrading connection with STARTTLS failed', { code: 'ETLS' }), /encrypted/],
    ['silence', failed('Greeting never received', { code: 'ETIMEDOUT' }), /in time/],
    ['cut off', failed('Connection closed unexpectedly', { code: 'ECONNECTION' }), /ended the connection/],
    [
      'a reply',
      failed('Invalid greeting. response=421', { code: 'EPROTOCOL', responseCode: 421 }),
      /refusal 421/,
    ],
    ['something new', failed('the moon is in the way'), /not known here/],
    ['said plainly', new PlainError('Postmark does not accept the server token.'), /server token/],
  ];
  for (const [title, error, words] of cases) {
    it(`is said in plain words: ${title}`, () => {
      expect(connectionFault(error)).to.match(words);
    });
  }

  it('is said when it takes too long, and what came in time goes before', async () => {
    const late = await withTimeout(new Promise<never>(() => {}), 5).catch(connectionFault);
    expect(late).to.match(/not answer in time/);
    expect(await withTimeout(Promise.resolve('here'), 5)).to.equal('here');
  });

  it('never repeats what the other side said, which may be the password', () => {
    for (const code of ['EAUTH', 'EPROTOCOL', 'ESOCKET', undefined]) {
      const error = failed('535 no such pair: key-1 hunter2', {
        code,
        responseCode: 535,
        response: 'hunter2',
      });
      expect(connectionFault(error)).not.to.match(/hunter2|key-1/);
    }
  });
});
