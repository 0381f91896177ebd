import { constants } from 'node:os';
import { resolveDatabase } from '../../db/local.ts';
import { readOptions, usage } from './options.ts';
import { parts } from './parts/index.ts';
import { type RunResult, run } from './run.ts';

/** `npm run fuzz`: attacks every door with made-up input, and says what broke. */

const stopping = new AbortController();
process.on('SIGINT', name => stopping.abort(name)).on('SIGTERM', name => stopping.abort(name));
const say = (line: string) => void process.stderr.write(`${line}\n`);

process.exit(await main());

async function main(): Promise<number> {
  const names = parts.map(({ name }) => name);
  const options = readOptions(process.argv.slice(2), names);
  if (typeof options === 'string') {
    say(`${options}\n\n${usage(names)}`);
    return 64;
  }
  say(`Seed ${options.seed}.`);
  const { signal } = stopping;
  const database = await resolveDatabase({ name: 'test', env: process.env, log: say, signal });
  try {
    const chosen = parts.filter(({ name }) => options.parts.includes(name));
    const result = await run(options, chosen, database.url, say, signal);
    report(result, options);
    if (signal.aborted) return 128 + (constants.signals[signal.reason as 'SIGINT'] ?? 0);
    return result.crashes + result.serverErrors > 0 ? 1 : 0;
  } finally {
    await database.stop();
  }
}

function report(
  { inputs, crashes, serverErrors, slowestMs, seconds, byPart }: RunResult,
  { json, seed }: { json: boolean; seed: number },
): void {
  const rates = [...byPart].map(
    ([name, part]) =>
      `  ${name}: ${part.inputs} inputs, ${Math.round(part.inputs / part.seconds)}/s in one process`,
  );
  say(
    [`${inputs} inputs in ${Math.round(seconds)} s, ${Math.round(inputs / seconds)}/s`, ...rates].join('\n'),
  );
  const counts = { inputs, crashes, serverErrors, slowestMs: Math.round(slowestMs), seed };
  process.stdout.write(
    json
      ? `${JSON.stringify(counts)}\n`
      : `${inputs} inputs: ${crashes} crashes, ${serverErrors} server errors; the slowest held the main thread for ${counts.slowestMs} ms (seed ${seed}).\n`,
  );
}
