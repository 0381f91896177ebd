/** Milliseconds of processor that this process spends on some work: unlike the time that passes, a busy machine does not change it. */
export function cpuMsOf(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
