import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const list = fileURLToPath(new URL('linear.json', import.meta.url));

/** Those that the tool has found to be linear, as they are written: it takes minutes for all of them. */
export function knownLinear(): string[] {
  return JSON.parse(readFileSync(list, 'utf8'));
}

/** Writes the list of {@link knownLinear}. */
export function keepLinear(expressions: Iterable<string>): void {
  const all = [...new Set(expressions)].sort();
  writeFileSync(list, `${JSON.stringify(all, null, 2)}\n`);
}

/** `linear`, or what the tool says of an expression that may take longer than that on some text. */
export async function verdictOn({ source, flags }: { source: string; flags: string }): Promise<string> {
  // Neither Java nor a program for one machine.
  process.env.RECHECK_SYNC_BACKEND = 'pure';
  const { checkSync } = await import('recheck');
  // By steps, not by time: on a busy machine anything would look slow.
  const found = checkSync(source, flags, { timeout: 60_000, attackTimeout: null, incubationTimeout: null });
  if (found.status === 'safe') return 'linear';
  return found.status === 'vulnerable' ? found.complexity.summary : `unknown: ${found.error.kind}`;
}
