import type { Config } from '../server/config/index.ts';
import { stopOnSignal } from '../server/stopping.ts';
import { startWorker } from './index.ts';

/** The worker process: database -> mail -> scheduler; stops in reverse. */
export async function runWorker(config: Config): Promise<void> {
  const worker = await startWorker(config);
  stopOnSignal(() => worker.stop());
  worker.mail.log.info('worker up');
  process.send?.('up');
}
