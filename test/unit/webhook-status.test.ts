import { expect } from 'chai';
import { webhookStatus } from '../../server/mail/events/webhook-status.ts';
import type { ProviderWebhook } from '../../server/mail/providers/provider.ts';

const address = 'https://mail.shop.example/webhooks/postmark';
const needed = {
  name: 'Postmark',
  events: ['Delivery', 'Bounce', 'SpamComplaint', 'Open', 'Click', 'SubscriptionChange'],
};
const right: ProviderWebhook = {
  id: '1',
  stream: 'outbound',
  url: address,
  signsIn: true,
  verified: true,
  events: needed.events,
};
const status = (...webhooks: ProviderWebhook[]) =>
  webhookStatus('outbound', address, { streams: ['outbound', 'broadcast'], webhooks }, needed);

describe('how a stream reports', () => {
  it('is right with one webhook that signs in and reports everything', () => {
    expect(status(right)).to.deep.equal({ stream: 'outbound', state: 'right', words: [], others: [] });
  });

  it('knows the address however it is written, with a password in it or a slash at its end', () => {
    for (const url of [
      `${address}/`,
      `${address}?user=postmark&password=secret`,
      'https://postmark:secret@MAIL.shop.example:443/webhooks/postmark',
    ]) {
      expect(status({ ...right, url }), url).to.include({ state: 'right' });
    }
  });

  it('is missing when nothing, another stream or another place is posted to', () => {
    expect(status()).to.include({ state: 'missing' });
    expect(status({ ...right, stream: 'broadcast' })).to.include({ state: 'missing' });
    for (const url of ['https://mail.shop.example/other', 'http://mail.shop.example/webhooks/postmark'])
      expect(status({ ...right, url }), url).to.include({ state: 'missing' });
  });

  it('names the hosts of webhooks that are not ours, and never the password in their address', () => {
    const other = { ...right, id: '2', url: 'https://user:hidden@crm.example:8443/hook?key=hidden' };
    const found = status(right, other);
    expect(found).to.deep.include({ state: 'right', others: ['crm.example:8443'] });
    expect(JSON.stringify(status(other))).not.to.include('hidden');
  });

  it('says what is not reported', () => {
    const { state, words } = status({ ...right, events: ['Delivery', 'Bounce', 'SpamComplaint'] });
    expect({ state, words }).to.deep.equal({
      state: 'incomplete',
      words: ['It does not report: Open, Click, SubscriptionChange.'],
    });
  });

  it('says that reports without a password are refused, and that unverified ones do not come', () => {
    expect(status({ ...right, signsIn: false }).words.join()).to.match(/no password/);
    const { state, words } = status({ ...right, verified: false });
    expect(state).to.equal('incomplete');
    expect(words).to.have.length(1);
    expect(words[0]).to.match(/holds reports back/);
  });

  it('says when reports come twice', () => {
    expect(status(right, { ...right, id: '2' }).words.join()).to.match(/2 of them/);
  });

  it('says when the server lacks the stream', () => {
    const found = webhookStatus('news', address, { streams: ['outbound'], webhooks: [] }, needed);
    expect(found).to.include({ state: 'no-stream' });
  });
});
