import { isIPv4, isIPv6 } from 'node:net';

/** The network of an address, for counting: of IPv6 the first 64 bits, because one house has billions of addresses. */
export function networkOf(address: string): string {
  if (isIPv4(address)) return address;
  const [plain = ''] = address.split('%');
  if (!isIPv6(plain)) return 'unknown';
  const groups = groupsOf(plain);
  const isMapped = groups.slice(0, 5).every(group => group === 0) && groups[5] === 0xffff;
  if (isMapped)
    return groups
      .slice(6)
      .flatMap(group => [group >> 8, group & 255])
      .join('.');
  return `${groups
    .slice(0, 4)
    .map(group => group.toString(16))
    .join(':')}::/64`;
}

/** The eight groups of an IPv6 address. A URL writes it in one way, with the last 32 bits in hexadecimal too. */
function groupsOf(address: string): number[] {
  const [front = '', back] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const numbers = (text = '') =>
    text === '' ? [] : text.split(':').map(group => Number.parseInt(group, 16));
  const [first, last] = [numbers(front), numbers(back)];
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
}
