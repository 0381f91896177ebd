import { BlockList, isIP } from 'node:net';

const ownNetworks = blockList([
  ['127.0.0.0', 8, 'ipv4'],
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['::1', 128, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
]);

/** True for an address that nobody outside the own network has. */
export function isPrivateAddress(given: string): boolean {
  // An IPv4 address on an IPv6 socket is both.
  const [address = ''] = given.replace(/^::ffff:(?=\d+\.)/i, '').split('%', 1);
  const version = isIP(address);
  return version > 0 && ownNetworks.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

function blockList(subnets: readonly [string, number, 'ipv4' | 'ipv6'][]): BlockList {
  const list = new BlockList();
  for (const [net, bits, type] of subnets) list.addSubnet(net, bits, type);
  return list;
}
