/** True for hosts that only a computer itself, or its own network, can reach. */
export function isOwnNetwork(hostname: string): boolean {
  const isName = !/^[\d.]+$|^\[/.test(hostname);
  if (isName) return !hostname.includes('.') || /\.(local|localhost|internal|test)$/.test(hostname);
  return /^(127|10|0)\.|^192\.168\.|^169\.254\.|^172\.(1[6-9]|2\d|3[01])\.|^\[(::1|f[cd]|fe80)/.test(
    hostname,
  );
}
