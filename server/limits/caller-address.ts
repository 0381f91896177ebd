import type { Request } from 'express';
import { ipKeyGenerator } from 'express-rate-limit';

/** Where a request comes from: of IPv6 the network, because one house has billions of addresses. */
export function callerAddress({ ip = '' }: Pick<Request, 'ip'>): string {
  return ip === '' ? 'unknown' : ipKeyGenerator(ip, 64);
}
