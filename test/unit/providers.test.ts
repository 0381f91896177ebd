import { expect } from 'chai';
import { postmarkLimits } from '../../server/mail/providers/postmark/index.ts';
import type { Provider } from '../../server/mail/providers/provider.ts';
import { joinProviders } from '../../server/mail/providers/providers.ts';
import { createCarrier } from '../support/carrier.ts';
import { createScriptedTransport } from '../support/scripted-transport.ts';

const carrier = createCarrier().provider;
const plain = (key: string, more: Partial<Provider> = {}): Provider => ({
  key,
  name: key,
  transports: [createScriptedTransport(key)],
  ...more,
});

describe('providers together', () => {
  it('know what belongs to whom', () => {
    const joined = joinProviders(
      [carrier, plain('backup')],
      [],
      [{ stream: 'notices', transport: 'carrier' }],
    );
    expect([...joined.transports.keys()]).to.deep.equal(['carrier', 'backup']);
    expect(joined.find('carrier')).to.equal(carrier);
    expect(joined.lookupOf('carrier')).to.equal(carrier.lookup);
    expect(joined.lookupOf('backup')).to.equal(undefined);
    expect(joined.listing('notices')).to.equal(carrier);
    expect(joined.unsubscribePlaceholder('backup')).to.equal('%%opt-out%%');
    expect(joined.names).to.equal('Carrier');
  });

  it('take what each of them takes', () => {
    const { limits } = joinProviders([carrier, plain('other', { limits: postmarkLimits })], [], []);
    expect(limits).to.include({ recipients: 10, metadataFields: 5, tag: 1000 });
    expect(limits.forbiddenExtensions).to.include('exe');
  });

  it('let a host put its own transport in the place of one', () => {
    const own = createScriptedTransport('carrier');
    const joined = joinProviders([carrier], [own], []);
    expect(joined.transports.get('carrier')).to.equal(own);
    expect(joined.lookupOf('carrier')).to.equal(carrier.lookup);
  });

  it('are refused when two have one name, or one stream', () => {
    expect(() => joinProviders([carrier, carrier], [], [])).to.throw(/Two .* named carrier/);
    const twin = plain('twin', { transports: [createScriptedTransport('carrier')] });
    expect(() => joinProviders([carrier, twin], [], [])).to.throw(/Two .* named carrier/);
    const { lists } = carrier;
    const second = plain('second', { ...(lists && { lists }) });
    const routes = ['carrier', 'second'].map(transport => ({ stream: 'notices', transport }));
    expect(() => joinProviders([carrier, second], [], routes)).to.throw(
      /notices is routed to both Carrier and second/,
    );
  });
});
