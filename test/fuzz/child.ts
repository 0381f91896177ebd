import type { Batch, BatchResult } from './batch.ts';
import { runBatch } from './batch.ts';
import { parts } from './parts/index.ts';
import { openWorld, type World } from './world.ts';

/** A process that runs batches: it is sent one, answers with what came of it, and is sent the next. */
const [url = ''] = process.argv.slice(2);
let world: Promise<World> | undefined;
const known = new Set<string>();

process.on('message', (batch: Batch) => {
  answer(batch).catch(error => {
    // Else it would count among the loose errors of the product, and nobody would be answered.
    console.error(error);
    process.exit(1);
  });
});
process.on('disconnect', () => process.exit());

async function answer(batch: Batch): Promise<void> {
  world ??= openWorld(url);
  const part = parts.find(({ name }) => name === batch.part);
  if (!part) throw new Error(`There is no part named ${batch.part}.`);
  const opened = await world;
  await part.tend?.(opened);
  const result: BatchResult = await runBatch(part, opened, batch, known);
  process.send?.(result);
}
