import { isIP } from 'node:net';
import type { Request } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';

/** No address is longer; what a proxy that believes everybody passes on may be. */
const longestAddress = 64;

/** Where a request comes from: of IPv6 the network, because one house has billions of addresses. Never longer than an address. */
export function callerAddress({ ip = '' }: Pick<Request, 'ip'>): string {
  const address = withoutPort(ip.slice(0, longestAddress));
  return address === '' ? 'unknown' : ipKeyGenerator(address, 64);
}

// Some proxies write the port behind the address, and each connection has another one.
function withoutPort(given: string): string {
  if (isIP(given)) return given;
  const [bare = ''] = given.startsWith('[') ? given.slice(1).split(']', 1) : given.split(':', 1);
  return isIP(bare) ? bare : given;
}
