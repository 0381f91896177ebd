import { expect } from 'chai';
import { isDeepJson, isTooDeep } from '../../server/body/depth.ts';
import { BoundedStore, mostAddresses } from '../../server/limits/bounded-store.ts';
import { callerAddress } from '../../server/limits/caller-address.ts';
import { isPrivateAddress } from '../../server/limits/private-address.ts';
import { deepJson } from '../support/hostile-requests.ts';

describe('counts of requests by address', () => {
  it('take no more memory when somebody has endless addresses', () => {
    const store = new BoundedStore();
    for (let i = 0; i < mostAddresses * 3; i += 1) store.increment(`address-${i}`);
    expect(store.size).to.equal(mostAddresses);
    expect(store.increment(`address-${mostAddresses * 3 - 1}`).totalHits).to.equal(2);
    expect(store.increment('address-0').totalHits).to.equal(1);
  });

  it('start again with each window', () => {
    const store = new BoundedStore();
    store.init({ windowMs: 0 });
    expect([store.increment('a').totalHits, store.increment('a').totalHits]).to.deep.equal([1, 1]);
  });

  it('are of a network where it is IPv6', () => {
    const [one, neighbour, other] = ['2001:db8:0:1::1', '2001:db8:0:1:ffff::2', '2001:db8:0:2::1'];
    expect(callerAddress({ ip: one })).to.equal(callerAddress({ ip: neighbour }));
    expect(callerAddress({ ip: one })).not.to.equal(callerAddress({ ip: other }));
    expect(callerAddress({ ip: '192.0.2.1' })).to.equal('192.0.2.1');
  });

  it('are of one address whatever port a proxy writes behind it', () => {
    expect(callerAddress({ ip: '192.0.2.1:50123' })).to.equal('192.0.2.1');
    const network = callerAddress({ ip: '2001:db8::1' });
    expect(callerAddress({ ip: '[2001:db8::1]:50123' })).to.equal(network);
  });

  it('keep nothing longer than an address of what somebody writes into a header', () => {
    for (const ip of ['x'.repeat(16_000), `[${':'.repeat(16_000)}`, '1'.repeat(16_000)])
      expect(callerAddress({ ip }).length).to.be.at.most(64);
  });
});

describe('addresses of the own network', () => {
  it('are told from others', () => {
    const own = [
      '127.0.0.1',
      '10.1.2.3',
      '172.31.0.1',
      '192.168.1.1',
      '::1',
      'fd00::1',
      'fe80::1%eth0',
      '::ffff:10.0.0.1',
    ];
    for (const one of own) expect(isPrivateAddress(one), one).to.equal(true);
    for (const one of ['192.0.2.1', '172.32.0.1', '2001:db8::1', '', 'localhost'])
      expect(isPrivateAddress(one), one).to.equal(false);
  });
});

describe('the depth of JSON', () => {
  const isDeep = (text: string) => isDeepJson(Buffer.from(text));

  it('is found as the parsed value has it', () => {
    for (const depth of [1, 99, 100, 101, 5000]) {
      const text = `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
      expect(isDeep(text), String(depth)).to.equal(isTooDeep(JSON.parse(text)));
    }
  });

  it('does not count what stands in a text', () => {
    expect(isDeep(JSON.stringify({ text: '[{"'.repeat(1000), path: 'C:\\', more: '\\"[[' }))).to.equal(false);
    expect(isDeep(`["\\\\",${deepJson(100)}]`)).to.equal(true);
    expect(isDeep(`[${'[],'.repeat(5000)}[]]`)).to.equal(false);
  });

  it('is found in one pass, and before the end where there is none', () => {
    const begun = process.cpuUsage();
    expect(isDeepJson(Buffer.alloc(16_000_000, '['))).to.equal(true);
    expect(isDeepJson(Buffer.alloc(16_000_000, '"a",'))).to.equal(false);
    expect(process.cpuUsage(begun).user / 1000).to.be.below(2_000);
  });
});
