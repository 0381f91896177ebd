/** What was read within the last `ms`, else read again; one read serves all who ask meanwhile. One that fails is not kept. */
export function readAtMostEvery<T>(
  ms: number,
  read: () => Promise<T>,
): { get(): Promise<T>; forget(): void } {
  let kept: { value: Promise<T>; until: number } | null = null;
  return {
    get() {
      if (kept && performance.now() < kept.until) return kept.value;
      const value = read();
      const reading = { value, until: performance.now() + ms };
      kept = reading;
      value.catch(() => {
        if (kept === reading) kept = null;
      });
      return value;
    },
    forget() {
      kept = null;
    },
  };
}
