import { expect } from 'chai';
import { preferencesUrl, unsubscribeUrl } from '../../server/mail/people/recipient-links.ts';
import { readSignedToken } from '../../server/mail/people/signed-links.ts';

const links = { publicUrl: 'https://shop.example/mail', secretKeys: ['k'.repeat(32)] };

describe('links of recipients', () => {
  it('lead to two pages by one token of the message, which no other key makes', () => {
    const url = unsubscribeUrl(links, '01ABC') ?? '';
    const token = url.replace('https://shop.example/mail/unsubscribe/', '');
    expect(readSignedToken(links, 'recipient', token)).to.equal('01ABC');
    expect(preferencesUrl(links, '01ABC')).to.equal(`https://shop.example/mail/preferences/${token}`);
    expect(unsubscribeUrl({ ...links, secretKeys: ['x'.repeat(32)] }, '01ABC')).not.to.equal(url);
  });

  it('are not there while nobody said at which address the pages are', () => {
    expect(unsubscribeUrl({ ...links, publicUrl: null }, '01ABC')).to.equal(null);
    expect(preferencesUrl({ ...links, publicUrl: null }, '01ABC')).to.equal(null);
  });
});
