import { expect } from 'chai';
import { newMessage } from '../../server/mail/messages/new-message.ts';
import { configuredProviders, standardRoutes } from '../../server/mail/providers/configured.ts';
import { joinProviders, type Providers } from '../../server/mail/providers/providers.ts';
import { type BrandsConfig, brandedKey, brandOfKey, createBrands } from '../../server/mail/routing/brands.ts';
import { refusalOf } from '../support/refusal.ts';

const at = { token: 'test-token', apiUrl: 'http://127.0.0.1:9', smtpUrl: 'smtp://127.0.0.1:9' };
const order = { lane: 'transactional' as const, consent: 'none' as const, onUnknown: 'prefer-once' as const };
const policy = {
  version: 1,
  from: { email: 'mail@shop.example' },
  categories: { order: { ...order, routes: [{ ...standardRoutes.transactional, weight: 1 }] } },
};
const routes = Object.values(standardRoutes);
const relay = { relay: 'smtp://relay.example' };

/** Providers of servers of these names, and a relay of no server. */
function serversNamed(...names: string[]): Providers {
  const servers = Object.fromEntries(names.map(name => [name, at]));
  return joinProviders(configuredProviders({ servers, smtp: relay }), [], routes);
}

function brandsOf(providers: Providers, config: BrandsConfig) {
  return createBrands(config, policy, providers);
}

describe('servers', () => {
  it('take the names of a policy as their own, and leave those of others', () => {
    const { find, routeOn } = serversNamed('postmark', 'outlet', 'far');
    const on = (server: string, stream: string, transport: string) => {
      const route = routeOn(find(server), { stream, transport });
      return `${route.stream} ${route.transport}`;
    };
    expect(on('postmark', 'outbound', 'postmark-api')).to.equal('outbound postmark-api');
    expect(on('outlet', 'outbound', 'postmark-api')).to.equal('outlet/outbound outlet-api');
    expect(on('outlet', 'outlet/outbound', 'outlet-api'), 'once').to.equal('outlet/outbound outlet-api');
    expect(on('outlet', 'broadcast', 'far-smtp'), 'named outright').to.equal('far/broadcast far-smtp');
    expect(on('outlet', 'outbound', 'relay'), 'of none').to.equal('outlet/outbound relay');
    expect(on('postmark', 'outbound', 'relay')).to.equal('outbound relay');
  });

  it('keep the lists of their own streams', () => {
    const { listing, find, lookupOf } = serversNamed('postmark', 'outlet');
    expect(listing('outlet/never-routed')?.key).to.equal('outlet');
    expect(listing('broadcast')?.key).to.equal('postmark');
    expect(lookupOf('outlet-smtp')).to.equal(find('outlet')?.lookup);
    expect(serversNamed('shop', 'outlet').listing('broadcast'), 'of no server').to.equal(undefined);
  });

  it('are refused under the name of a transport’s', () => {
    const config = { servers: { outlet: at }, smtp: { 'outlet-api': 'smtp://relay.example' } };
    expect(() => joinProviders(configuredProviders(config), [], routes)).to.throw(/Two .* named outlet-api/);
  });
});

describe('brands', () => {
  const config = { brands: { shop: {}, outlet: { server: 'outlet', from: 'mail@outlet.example' } } };
  const message = (name: string | null, stream?: string) =>
    newMessage(
      { now: () => new Date() },
      {
        brand: brandsOf(serversNamed('postmark', 'outlet'), config).named(name),
        category: 'order',
        recipient: { email: 'ada@mail.example' },
        templateVersionId: 1,
        stream,
      },
    );

  it('go by their server, without one by that named postmark, else by the first', () => {
    expect(message('outlet').route).to.include({ stream: 'outlet/outbound', transport: 'outlet-api' });
    for (const name of ['shop', null])
      expect(message(name).route).to.include({ stream: 'outbound', transport: 'postmark-api' });
    const { standard } = brandsOf(serversNamed('near', 'outlet'), {});
    expect(standard).to.include({ name: null, server: 'near' });
    expect(standard.policy.categories.order?.routes[0]).to.include({
      stream: 'near/outbound',
      transport: 'near-api',
    });
  });

  it('let a caller name another stream, which is their server’s, and keep the transport', () => {
    expect(message('outlet', 'alerts').route).to.include({
      stream: 'outlet/alerts',
      transport: 'outlet-api',
    });
    expect(message(null, 'alerts').route).to.include({ stream: 'alerts', transport: 'postmark-api' });
  });

  it('have a scope of idempotency keys each, but for the default one, which has that of the app', () => {
    const scopes = (more: BrandsConfig) => {
      const brands = brandsOf(serversNamed('postmark', 'outlet'), { ...config, ...more });
      return [null, 'shop', 'outlet'].map(name => brands.named(name).scope);
    };
    expect(scopes({})).to.deep.equal(['', 'shop', 'outlet']);
    expect(scopes({ defaultBrand: 'shop' })).to.deep.equal(['', '', 'outlet']);
    expect(scopes({ defaultBrand: 'shop', idempotencyScope: 'web' })).to.deep.equal([
      'web',
      'web',
      'web/outlet',
    ]);
  });

  it('are refused when they name what is not there', () => {
    const providers = serversNamed('postmark', 'outlet');
    expect(() => brandsOf(providers, { brands: { shop: { server: 'far' } } })).to.throw(
      'Brand shop goes by the server far, which is not configured. There are: postmark, outlet.',
    );
    expect(refusalOf(() => brandsOf(providers, { ...config, defaultBrand: 'elsewhere' }))).to.include({
      field: 'defaultBrand',
      message: 'The configuration has no brand elsewhere. There are: shop, outlet.',
    });
  });

  it('are known by the keys of their own templates', () => {
    const { ofTemplate } = brandsOf(serversNamed('postmark', 'outlet'), config);
    expect(ofTemplate(brandedKey('outlet', 'receipt')).name).to.equal('outlet');
    for (const key of ['receipt', 'elsewhere.receipt']) expect(ofTemplate(key).name).to.equal(null);
    expect(brandOfKey('receipt')).to.equal(null);
  });
});
