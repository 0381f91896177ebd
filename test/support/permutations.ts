/** Every order of these. */
export function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((first, i) =>
    permutations(items.filter((_, other) => other !== i)).map(rest => [first, ...rest]),
  );
}
