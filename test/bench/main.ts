import { constants } from 'node:os';
import { withBench } from './bench.ts';
import { readOptions, usage } from './options.ts';
import { parts } from './parts.ts';
import { jsonLine, printTable, type Result } from './report.ts';

/** `npm run bench`: measures the parts that are named, or all, and prints what came of them. */

const stopping = new AbortController();
process.on('SIGINT', name => stopping.abort(name)).on('SIGTERM', name => stopping.abort(name));

process.exit(await main());

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2), Object.keys(parts));
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n\n${usage(Object.keys(parts))}\n`);
    return 64;
  }
  // Results alone go to standard output, so that `--json` can be piped.
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const results: Result[] = [];
  try {
    const machine = await withBench({ ...options, say, signal: stopping.signal }, async bench => {
      for (const name of options.parts) {
        for (const result of (await parts[name]?.(bench)) ?? []) {
          results.push(result);
          if (options.json) process.stdout.write(`${jsonLine(result)}\n`);
        }
      }
      return bench.machine;
    });
    if (!options.json) printTable(machine, results);
    return 0;
  } catch (error) {
    if (stopping.signal.aborted) return 128 + (constants.signals[stopping.signal.reason as 'SIGINT'] ?? 0);
    say(error instanceof Error ? error.message : String(error));
    return 1;
  }
}
