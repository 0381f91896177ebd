import { expect } from 'chai';
import type { AccountStream } from '../../server/mail/providers/account.ts';
import { isLinkTrackingOff, withOwnLinksMarked } from '../../server/mail/providers/postmark/own-links.ts';
import type { Brands } from '../../server/mail/routing/brands.ts';
import { deadLinks, sentLinks, shownLinks } from '../../server/mail/routing/mail-links.ts';
import type { Policy } from '../../server/mail/routing/policy.ts';
import { unsubscribeFaults } from '../../server/mail/routing/unsubscribe-faults.ts';
import {
  checkUnsubscribing,
  createUnsubscribing,
  type UnsubscribeOptions,
} from '../../server/mail/routing/unsubscribing.ts';
import { anEnvelope } from '../support/envelope.ts';
import { refusalOf } from '../support/refusal.ts';
import { createScriptedTransport } from '../support/scripted-transport.ts';

const transports = new Map(Object.entries({ postmark: { unsubscribes: true }, relay: {} }));

function policyBy(transport: string): Policy {
  const common = { consent: 'none', onUnknown: 'prefer-once' } as const;
  const route = { stream: 'news', transport, weight: 1 };
  const reset = { stream: 'outbound', transport: 'relay', weight: 1 };
  return {
    version: 1,
    from: { email: 'shop@sender.example' },
    categories: {
      letters: { lane: 'bulk', routes: [route], ...common },
      reset: { lane: 'transactional', routes: [reset], ...common },
    },
  };
}

describe('who lets recipients of bulk mail unsubscribe', () => {
  const modeOf = (options: UnsubscribeOptions | undefined, stream: string, transport: string) =>
    createUnsubscribing(options, transports).modeOf({ stream, transport });

  it('is what was said of the stream, else the provider where its transport does', () => {
    expect(modeOf(undefined, 'news', 'postmark')).to.equal('provider');
    expect(modeOf(undefined, 'news', 'relay')).to.equal('own');
    expect(modeOf('own', 'news', 'postmark')).to.equal('own');
    expect(modeOf({ news: 'own' }, 'news', 'postmark')).to.equal('own');
    // Of another server.
    expect(modeOf({ news: 'own' }, 'outlet/news', 'postmark')).to.equal('provider');
    expect(modeOf({ 'outlet/news': 'own' }, 'outlet/news', 'postmark')).to.equal('own');
    expect(modeOf({}, 'constructor', 'postmark')).to.equal('provider');
  });

  const refusal = (transport: string, options?: UnsubscribeOptions, hasLinks = false) =>
    refusalOf(() => checkUnsubscribing(policyBy(transport), { options, transports, hasLinks }));
  const fits = (transport: string, options?: UnsubscribeOptions, hasLinks = false) =>
    checkUnsubscribing(policyBy(transport), { options, transports, hasLinks });

  it('has to be somebody: without a public address no other transport takes bulk mail', () => {
    fits('postmark');
    fits('relay', undefined, true);
    const { field, message } = refusal('relay');
    expect(field).to.equal('policy.categories.letters');
    expect(message).to.match(
      /^Category letters is bulk mail and routes to relay, which gives recipients no link to unsubscribe: set publicUrl .* such as postmark\.$/,
    );
  });

  it('is not us without a public address, and not a transport that has no link', () => {
    fits('postmark', 'own', true);
    expect(refusal('postmark', { news: 'own' })).to.include({ code: 'invalid-input', field: 'unsubscribe' });
    expect(refusal('postmark', 'own').message).to.match(
      /own for the stream news.*set publicUrl.*or say provider/,
    );
    fits('postmark', { other: 'own' });
    expect(refusal('relay', 'provider', true).message).to.match(
      /provider for the stream news.*with relay: that transport has no link of its own\. Say own/,
    );
  });

  it('is compared with how the provider’s streams are set', () => {
    const unsubscribeSettings = { own: 'Set it to Custom.', provider: 'Set it to Postmark.' };
    const faultOf = (options: UnsubscribeOptions, unsubscribes?: AccountStream['unsubscribes']) => {
      const account = {
        streams: [{ name: 'news', lane: 'bulk' as const, archived: false, unsubscribes }],
        unsubscribeSettings,
      };
      const provider = { name: 'Postmark', transports: [createScriptedTransport('postmark')] };
      const brands = { all: [{ policy: policyBy('postmark') }] as unknown as Brands['all'] };
      const unsubscribing = createUnsubscribing(options, transports);
      return unsubscribeFaults(provider, account, { brands, unsubscribing });
    };
    const [theirs, custom] = [
      { setting: 'Postmark', mode: 'provider' as const },
      { setting: 'Custom', mode: 'own' as const },
    ];
    expect(faultOf('provider', theirs)).to.deep.equal([]);
    expect(faultOf('own', custom)).to.deep.equal([]);
    expect(faultOf('own')).to.deep.equal([]);
    const [two] = faultOf('own', theirs);
    expect(two?.found).to.match(
      /^On news .*but at Postmark the stream is set to Postmark: its link and headers/,
    );
    expect(two?.remedy).to.match(/^Set it to Custom\. Or say provider for the stream/);
    const [none] = faultOf('provider', custom);
    expect(none?.found).to.match(
      /^On news .*set to Custom: bulk mail has neither headers nor a link that works\.$/,
    );
    expect(none?.remedy).to.match(/^Set it to Postmark\. Or say own/);
    expect(faultOf('own', { setting: 'none', mode: null })[0]?.found).to.match(
      /set to none: that is not meant/,
    );
  });
});

describe('the links in a mail', () => {
  const links = { publicUrl: 'https://shop.example/mail', secretKeys: ['k'.repeat(32)] };
  const noLinks = { ...links, publicUrl: null };
  const providers = { unsubscribePlaceholder: (transport = '') => (transport === 'relay' ? '#' : '%%out%%') };
  const context = (options?: UnsubscribeOptions, given: typeof links | typeof noLinks = links) => ({
    ...{ links: given, providers, policy: policyBy('postmark') },
    unsubscribing: createUnsubscribing(options, transports),
  });
  const news = { id: '01A', category: 'letters', stream: 'news', transport: 'postmark' };
  const reset = { id: '01B', category: 'reset', stream: 'outbound', transport: 'relay' };

  it('are ours with the two headers in bulk mail that is ours, and in no other', () => {
    const own = sentLinks(context('own'), news);
    expect(own.unsubscribe).to.match(/^https:\/\/shop\.example\/mail\/unsubscribe\/01A\.[\w-]{22}$/);
    expect(own.headers).to.deep.equal({
      'List-Unsubscribe': `<${own.unsubscribe}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    });
    expect(sentLinks(context(), news)).to.deep.include({ unsubscribe: '%%out%%', headers: {} });
    expect(sentLinks(context('own'), reset).headers).to.deep.equal({});
    expect(sentLinks(context('own'), { ...news, category: 'gone' }).headers).to.deep.equal({});
  });

  it('are never missing from bulk mail', () => {
    expect(() => sentLinks(context('own', noLinks), news)).to.throw(/set publicUrl/);
    expect(sentLinks(context('own', noLinks), reset)).to.include({ unsubscribe: '#', preferences: null });
  });

  it('lead nowhere where a mail is looked at', () => {
    expect(shownLinks(context('own'), news)).to.deep.equal({ unsubscribe: '#', preferences: '#' });
    expect(shownLinks(context(), news)).to.deep.equal({ unsubscribe: '%%out%%', preferences: '#' });
    expect(deadLinks(context())).to.deep.equal({ unsubscribe: '#', preferences: '#' });
    expect(deadLinks(context('own', noLinks)).preferences).to.equal(null);
  });

  it('are marked for Postmark to leave them alone, or else no link is led through it', () => {
    const link = 'https://shop.example/mail/unsubscribe/01A.x';
    const html = `<a class="b" href="${link}">1</a><a href='${link}?lang=nl'>2</a><a href="https://x.example">3</a>`;
    const envelope = anEnvelope({ html, text: link, ownLinks: [link] });
    const marked = withOwnLinksMarked(envelope);
    expect(marked.html).to.equal(
      `<a class="b" data-pm-no-track href="${link}">1</a><a data-pm-no-track href='${link}?lang=nl'>2</a><a href="https://x.example">3</a>`,
    );
    expect(isLinkTrackingOff(marked)).to.equal(false);
    expect(isLinkTrackingOff({ ...envelope, html: '' })).to.equal(true);
    const foreign = anEnvelope({ html });
    expect(withOwnLinksMarked(foreign)).to.equal(foreign);
  });
});
