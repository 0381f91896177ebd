import { expect } from 'chai';
import { matchesBasicAuth } from '../../server/basic-auth.ts';

const old = { user: 'postmark', password: 'old-password' };
const next = { user: 'postmark', password: 'new:pass wörd' };
const basic = (text: string, scheme = 'Basic') => `${scheme} ${Buffer.from(text).toString('base64')}`;

describe('Basic auth', () => {
  it('accepts either of two credentials while they overlap', () => {
    expect(matchesBasicAuth(basic('postmark:old-password'), [old, next])).to.equal(true);
    expect(matchesBasicAuth(basic('postmark:new:pass wörd'), [old, next])).to.equal(true);
    expect(matchesBasicAuth(basic('postmark:old-password'), [next])).to.equal(false);
  });

  it('does not care about the case of the scheme', () => {
    expect(matchesBasicAuth(basic('postmark:old-password', 'bAsIc'), [old])).to.equal(true);
  });

  const refused: [string, string | undefined][] = [
    ['no header', undefined],
    ['an empty header', ''],
    ['another scheme', basic('postmark:old-password', 'Bearer')],
    ['nothing after the scheme', 'Basic '],
    ['no base64', 'Basic postmark:old-password'],
    ['a wrong password', basic('postmark:old-passwore')],
    ['a wrong user', basic('Postmark:old-password')],
    ['half a password', basic('postmark:old-')],
    ['more than the password', basic('postmark:old-password ')],
    ['no password', basic('postmark')],
    ['the pair cut elsewhere', basic('postmark:old-password:')],
    ['nothing at all', basic('')],
    ['two credentials at once', `${basic('postmark:old-password')}, ${basic('postmark:old-password')}`],
  ];
  for (const [what, header] of refused) {
    it(`refuses ${what}`, () => expect(matchesBasicAuth(header, [old, next])).to.equal(false));
  }

  it('refuses everybody when nothing is accepted', () => {
    expect(matchesBasicAuth(basic('postmark:old-password'), [])).to.equal(false);
    expect(matchesBasicAuth(undefined, [])).to.equal(false);
    expect(matchesBasicAuth(basic(''), [])).to.equal(false);
  });
});
